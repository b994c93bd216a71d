package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.ptuning4j.InvalidInputException;

/**
 * How a graph counts positions: from the start on, as BERT does it, or from the padding token on,
 * over the tokens that are not padding, as RoBERTa does it. Anything else is refused.
 */
final class PositionCount {

  private static final int DEEPEST = 40;

  private final OnnxGraph graph;
  private final KnownNumbers known;

  PositionCount(OnnxGraph graph, KnownNumbers known) {
    this.graph = graph;
    this.known = known;
  }

  /**
   * Positions.
   *
   * @param tokens the sum over tokens that they are made of; null where places are counted
   * @param first the first place's, or one less than the first token's
   */
  private record Count(NodeProto tokens, long first) {

    Count moved(long by) {
      return new Count(tokens, first + by);
    }
  }

  /**
   * The padding token from which positions are counted.
   *
   * @param table the position embeddings
   * @return empty where positions count from the start
   * @throws InvalidInputException if they count otherwise, or this cannot be determined
   */
  OptionalLong padding(String table) {
    NodeProto gather =
        graph.consumers(table).stream()
            .filter(node -> node.getOpType().equals("Gather") && node.getInputCount() == 2)
            .findFirst()
            .orElseThrow(() -> unknown(table));
    Count count =
        count(gather.getInput(1), DEEPEST).orElseThrow(() -> unknown(OnnxGraph.output(gather)));
    if (count.tokens() == null) {
      if (count.first() != 0) {
        throw InvalidInputException.of(
            "%s: positions count from %d on; from 0 is expected", graph.file(), count.first());
      }
      return OptionalLong.empty();
    }
    long padding = padding(count.tokens());
    if (count.first() != padding) {
      throw InvalidInputException.of(
          "%s: the first token has the position %d; the one after the padding token, %d, is"
              + " expected",
          graph.file(), count.first() + 1, padding + 1);
    }
    return OptionalLong.of(padding);
  }

  /** The token that is not counted. */
  private long padding(NodeProto sum) {
    return graph.ancestors(sum.getInput(0), Set.of()).stream()
        .filter(node -> node.getOpType().equals("Equal"))
        .flatMap(node -> node.getInputList().stream())
        .flatMap(name -> graph.constant(name).stream())
        .flatMap(constant -> constant.scalar().stream())
        .map(Double::longValue)
        .findFirst()
        .orElseThrow(() -> graph.unknown("the padding token", OnnxGraph.output(sum)));
  }

  private Optional<Count> count(String value, int depth) {
    Optional<OnnxConstant> table = graph.constant(value);
    if (table.isPresent()) {
      return table.get().firstOfCount().map(first -> new Count(null, first));
    }
    return depth == 0
        ? Optional.empty()
        : graph
            .producer(value)
            .filter(node -> node.getInputCount() > 0)
            .flatMap(node -> count(node, depth - 1));
  }

  private Optional<Count> count(NodeProto node, int depth) {
    return switch (node.getOpType()) {
      case "Cast", "Identity", "Expand", "Reshape", "Squeeze", "Unsqueeze", "Transpose" ->
          count(node.getInput(0), depth);
      case "Range" -> range(node);
      case "NonZero" -> everyPlace(node);
      case "Slice" -> slice(node, depth);
      case "Add" -> moved(node, depth, 0, 1).or(() -> moved(node, depth, 1, 0));
      case "CumSum" -> isPlain(node) ? Optional.of(new Count(node, 0)) : Optional.empty();
      case "Mul" -> count(node.getInput(0), depth).filter(count -> count.tokens() != null);
      default -> Optional.empty();
    };
  }

  /** One more at each token, its own included. */
  private static boolean isPlain(NodeProto sum) {
    return List.of("exclusive", "reverse").stream()
        .flatMap(name -> OnnxGraph.attribute(sum, name).stream())
        .allMatch(value -> value.getI() == 0);
  }

  private Optional<Count> moved(NodeProto node, int depth, int count, int number) {
    return node.getInputCount() != 2
        ? Optional.empty()
        : known
            .scalar(node.getInput(number))
            .flatMap(by -> count(node.getInput(count), depth).map(it -> it.moved(Math.round(by))));
  }

  /** Numbers that count up one by one, one for each token. */
  private Optional<Count> range(NodeProto node) {
    boolean plain =
        node.getInputCount() == 3
            && known.scalar(node.getInput(2)).filter(step -> step == 1).isPresent()
            && isLength(node.getInput(1));
    return plain
        ? known.scalar(node.getInput(0)).map(first -> new Count(null, Math.round(first)))
        : Optional.empty();
  }

  /** Whether a number is that of tokens: nothing but 0 is added to it. */
  private boolean isLength(String value) {
    return known.scalar(value).isPresent()
        || graph.ancestors(value, Set.of()).stream()
            .filter(node -> Set.of("Add", "Sub").contains(node.getOpType()))
            .flatMap(node -> node.getInputList().stream())
            .flatMap(name -> known.scalar(name).stream())
            .allMatch(number -> number == 0);
  }

  /** How places were counted before there was an operator for it: where ones are not zero. */
  private Optional<Count> everyPlace(NodeProto node) {
    return graph
        .producer(node.getInput(0), "ConstantOfShape")
        .flatMap(ones -> OnnxGraph.attribute(ones, "value"))
        .filter(AttributeProto::hasT)
        .flatMap(value -> new OnnxConstant(graph.file(), "value", value.getT()).value())
        .filter(number -> number != 0)
        .map(number -> new Count(null, 0));
  }

  /** The first part of a count; its start is an input, or an attribute as it was before. */
  private Optional<Count> slice(NodeProto node, int depth) {
    Optional<long[]> starts =
        node.getInputCount() > 1
            ? known
                .numbers(node.getInput(1))
                .or(
                    () ->
                        known.scalar(node.getInput(1)).map(start -> new long[] {Math.round(start)}))
            : OnnxGraph.attribute(node, "starts")
                .map(value -> value.getIntsList().stream().mapToLong(Long::longValue).toArray());
    boolean stepping =
        node.getInputCount() > 4
            && known.numbers(node.getInput(4)).filter(PositionCount::areOnes).isEmpty();
    return starts.isEmpty() || stepping
        ? Optional.empty()
        : count(node.getInput(0), depth).flatMap(count -> from(count, starts.get()));
  }

  private static boolean areOnes(long[] steps) {
    for (long step : steps) {
      if (step != 1) {
        return false;
      }
    }
    return true;
  }

  /** A count that begins later in one dimension. */
  private static Optional<Count> from(Count count, long[] starts) {
    long later = 0;
    for (long start : starts) {
      if (start < 0) {
        return Optional.empty();
      }
      later += start;
    }
    return Optional.of(count.moved(later));
  }

  private InvalidInputException unknown(String place) {
    return graph.unknown("how positions are counted", place);
  }
}

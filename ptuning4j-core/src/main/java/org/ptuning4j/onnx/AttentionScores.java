package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ptuning4j.InvalidInputException;

/**
 * What attention makes of queries and keys before the softmax: their products, multiplied by a
 * number, with a mask. The number has to be 1/√d for heads of width d, as the families have it.
 */
final class AttentionScores {

  private static final int FARTHEST = 100;

  /** More than half precision loses if the number is a product of two halves. */
  private static final double TOLERANCE = 0.01;

  private final OnnxGraph graph;
  private final KnownNumbers known;
  private final AttentionMask mask;

  AttentionScores(OnnxGraph graph, KnownNumbers known) {
    this.graph = graph;
    this.known = known;
    this.mask = new AttentionMask(graph, known);
  }

  /**
   * A value on the way from the queries to the softmax.
   *
   * @param factor what it has been multiplied by
   * @param scored whether the keys are in it
   * @param masks what has been added to it, or decides on it
   */
  private record Way(String value, double factor, boolean scored, List<String> masks) {

    Way to(NodeProto node, double by) {
      return new Way(OnnxGraph.output(node), factor * by, scored, masks);
    }

    Way product(NodeProto node, double by) {
      return new Way(OnnxGraph.output(node), factor * by, true, masks);
    }

    Way masked(NodeProto node) {
      List<String> all = new ArrayList<>(masks);
      all.addAll(OnnxGraph.others(node, value));
      return new Way(OnnxGraph.output(node), factor, scored, List.copyOf(all));
    }
  }

  /**
   * Checks one layer.
   *
   * @param layer what it is called, for messages
   * @param query the map that makes queries
   * @param key the map that makes keys
   * @param width d
   * @throws InvalidInputException if the scores are multiplied by another number, or masked
   *     otherwise than by the padding, or this cannot be determined
   */
  void check(String layer, LinearMap query, LinearMap key, long width) {
    Way way = toSoftmax(query.output(), key.output());
    double wanted = 1 / Math.sqrt((double) width);
    if (Math.abs(way.factor() / wanted - 1) > TOLERANCE) {
      throw InvalidInputException.of(
          "%s: the scores of attention in %s are multiplied by %s; %s is expected, 1/√%d for heads"
              + " of that width",
          graph.file(), layer, (float) way.factor(), (float) wanted, width);
    }
    mask.check(layer, way.masks());
  }

  private Way toSoftmax(String query, String key) {
    Deque<Way> open = new ArrayDeque<>(List.of(new Way(query, 1, false, List.of())));
    for (int steps = 0; !open.isEmpty() && steps < FARTHEST; steps++) {
      Way way = open.pop();
      for (NodeProto node : graph.consumers(way.value())) {
        if (way.scored() && node.getOpType().equals("Softmax") && overKeys(node)) {
          return way;
        }
        next(way, node, key).ifPresent(open::push);
      }
    }
    throw graph.unknown("what the scores of attention are multiplied by", query);
  }

  /** Over the last of four dimensions. */
  private static boolean overKeys(NodeProto softmax) {
    return OnnxGraph.attribute(softmax, "axis")
        .map(AttributeProto::getI)
        .filter(axis -> axis != -1 && axis != 3)
        .isEmpty();
  }

  private Optional<Way> next(Way way, NodeProto node, String key) {
    boolean first = node.getInputCount() > 0 && node.getInput(0).equals(way.value());
    return switch (node.getOpType()) {
      case "Reshape", "Transpose", "Cast", "Identity", "Squeeze", "Unsqueeze" ->
          first ? Optional.of(way.to(node, 1)) : Optional.empty();
      case "Mul" -> scalarBeside(way.value(), node).map(number -> way.to(node, number));
      case "Div" ->
          first
              ? scalarBeside(way.value(), node).map(number -> way.to(node, 1 / number))
              : Optional.empty();
      case "MatMul" -> way.scored() ? Optional.empty() : product(way, node, key);
      case "Add", "Where" -> way.scored() ? Optional.of(way.masked(node)) : Optional.empty();
      case "Sub" -> way.scored() && first ? Optional.of(way.masked(node)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Way> product(Way way, NodeProto node, String key) {
    List<String> others = OnnxGraph.others(node, way.value());
    OptionalDouble factor =
        others.size() == 1 ? factor(others.get(0), key) : OptionalDouble.empty();
    return factor.isPresent()
        ? Optional.of(way.product(node, factor.getAsDouble()))
        : Optional.empty();
  }

  private Optional<Double> scalarBeside(String value, NodeProto node) {
    List<String> others = OnnxGraph.others(node, value);
    return others.size() == 1 ? known.scalar(others.get(0)) : Optional.empty();
  }

  /** What a value was multiplied by since it was the one from which it was made. */
  private OptionalDouble factor(String value, String from) {
    String name = value;
    double factor = 1;
    for (int steps = 0; steps < FARTHEST && !name.equals(from); steps++) {
      NodeProto node = graph.producer(name).orElse(null);
      if (node == null || node.getInputCount() == 0) {
        return OptionalDouble.empty();
      }
      String next = node.getInput(0);
      switch (node.getOpType()) {
        case "Reshape", "Transpose", "Cast", "Identity", "Squeeze", "Unsqueeze" -> {}
        case "Mul", "Div" -> {
          boolean turned = node.getOpType().equals("Mul") && known.scalar(next).isPresent();
          next = turned && node.getInputCount() > 1 ? node.getInput(1) : next;
          Optional<Double> number = scalarBeside(next, node);
          if (number.isEmpty()) {
            return OptionalDouble.empty();
          }
          factor = node.getOpType().equals("Mul") ? factor * number.get() : factor / number.get();
        }
        default -> {
          return OptionalDouble.empty();
        }
      }
      name = next;
    }
    return name.equals(from) ? OptionalDouble.of(factor) : OptionalDouble.empty();
  }
}

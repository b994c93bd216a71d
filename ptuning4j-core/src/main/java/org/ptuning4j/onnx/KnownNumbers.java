package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;

/**
 * The numbers of a graph that do not depend on the input: constants, what is computed from them,
 * and the last dimension of values that are reshaped to a constant one.
 */
final class KnownNumbers {

  /** Numbers are computed in a few steps; longer ways are not followed. */
  private static final int DEEPEST = 40;

  private final OnnxGraph graph;
  private final Map<String, Optional<Double>> scalars = new HashMap<>();

  KnownNumbers(OnnxGraph graph) {
    this.graph = graph;
  }

  /** A single number; empty if it is not one, or depends on the input. */
  Optional<Double> scalar(String name) {
    return scalar(name, DEEPEST);
  }

  private Optional<Double> scalar(String name, int depth) {
    Optional<Double> known = scalars.get(name);
    if (known != null) {
      return known;
    }
    scalars.put(name, Optional.empty()); // in a damaged graph a value may depend on itself
    Optional<Double> found =
        graph
            .constant(name)
            .map(OnnxConstant::value)
            .orElseGet(
                () ->
                    depth == 0
                        ? Optional.empty()
                        : graph.producer(name).flatMap(node -> computed(node, depth - 1)));
    scalars.put(name, found);
    return found;
  }

  private Optional<Double> computed(NodeProto node, int depth) {
    return switch (node.getOpType()) {
      case "Cast", "CastLike", "Identity", "Squeeze", "Unsqueeze" -> input(node, 0, depth);
      case "Sqrt" -> input(node, 0, depth).map(Math::sqrt);
      case "Neg" -> input(node, 0, depth).map(number -> -number);
      case "Add" -> of(node, depth, Double::sum);
      case "Sub" -> of(node, depth, (one, other) -> one - other);
      case "Mul" -> of(node, depth, (one, other) -> one * other);
      case "Div" -> of(node, depth, (one, other) -> one / other);
      case "Pow" -> of(node, depth, Math::pow);
      case "Gather" -> input(node, 1, depth).flatMap(index -> dimension(node, index));
      case "Slice" -> start(node, depth).flatMap(index -> dimension(node, index));
      default -> Optional.empty();
    };
  }

  private Optional<Double> input(NodeProto node, int index, int depth) {
    return index < node.getInputCount() ? scalar(node.getInput(index), depth) : Optional.empty();
  }

  private Optional<Double> of(NodeProto node, int depth, DoubleBinaryOperator operator) {
    return input(node, 0, depth)
        .flatMap(one -> input(node, 1, depth).map(other -> operator.applyAsDouble(one, other)));
  }

  /** Where a slice of one dimension begins: an input, or an attribute as it was before. */
  private Optional<Double> start(NodeProto node, int depth) {
    return node.getInputCount() > 1
        ? input(node, 1, depth)
        : OnnxGraph.attribute(node, "starts")
            .filter(starts -> starts.getIntsCount() == 1)
            .map(starts -> (double) starts.getInts(0));
  }

  /** The last dimension of the value whose shape is taken apart, if it is that one. */
  private Optional<Double> dimension(NodeProto taken, double index) {
    boolean last = index == -1 || index == 3; // scores, queries and keys have four
    return taken.getInputCount() == 0 || !last
        ? Optional.empty()
        : graph
            .producer(taken.getInput(0), "Shape")
            .filter(shape -> shape.getInputCount() == 1)
            .flatMap(shape -> lastDimension(shape.getInput(0)))
            .map(Long::doubleValue);
  }

  private Optional<Long> lastDimension(String value) {
    String name = value;
    for (int steps = 0; steps < DEEPEST; steps++) {
      NodeProto node = graph.producer(name).orElse(null);
      if (node == null || node.getInputCount() == 0) {
        return Optional.empty();
      }
      switch (node.getOpType()) {
        case "Reshape" -> {
          List<Long> sizes = node.getInputCount() == 2 ? sizes(node.getInput(1)) : List.of();
          return sizes.size() == 4 && sizes.get(3) > 0
              ? Optional.of(sizes.get(3))
              : Optional.empty();
        }
        case "Transpose" -> {
          if (!keepsLast(node)) {
            return Optional.empty();
          }
          name = node.getInput(0);
        }
        case "Mul", "Div", "Cast", "Identity" -> name = node.getInput(0);
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static boolean keepsLast(NodeProto transpose) {
    return OnnxGraph.attribute(transpose, "perm")
        .map(AttributeProto::getIntsList)
        .filter(order -> !order.isEmpty() && order.get(order.size() - 1) == order.size() - 1)
        .isPresent();
  }

  /** A shape's numbers as far as they are constant; 0 where they are not. */
  List<Long> sizes(String shape) {
    List<Long> sizes = new ArrayList<>();
    Optional<NodeProto> concat = graph.producer(shape, "Concat");
    List<String> parts = concat.isPresent() ? concat.get().getInputList() : List.of(shape);
    for (String part : parts) {
      Optional<long[]> known = numbers(part);
      if (known.isPresent()) {
        for (long number : known.get()) {
          sizes.add(number);
        }
      } else {
        sizes.add(0L);
      }
    }
    return sizes;
  }

  /** Whole numbers that are constant. */
  Optional<long[]> numbers(String name) {
    Optional<String> inner =
        graph
            .producer(name)
            .filter(node -> List.of("Unsqueeze", "Cast").contains(node.getOpType()))
            .filter(node -> node.getInputCount() > 0)
            .map(node -> node.getInput(0));
    return graph.constant(inner.orElse(name)).flatMap(OnnxConstant::numbers);
  }
}

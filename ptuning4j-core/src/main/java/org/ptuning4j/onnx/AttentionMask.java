package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;

/**
 * Checks which tokens attention reads. The families leave out the padding and nothing else: tables
 * that are added, windows and "up to the token itself" are refused.
 */
final class AttentionMask {

  /** A score this much lower than others vanishes in the softmax. */
  private static final double LOST = 1000;

  private static final Set<String> COMPARISONS =
      Set.of("Less", "LessOrEqual", "Greater", "GreaterOrEqual");

  private final OnnxGraph graph;
  private final KnownNumbers known;
  private final Set<List<String>> checked = new HashSet<>();

  AttentionMask(OnnxGraph graph, KnownNumbers known) {
    this.graph = graph;
    this.known = known;
  }

  /**
   * Checks what is added to scores, or decides on them.
   *
   * @param layer where, for messages
   * @param masks all of it; layers share it
   * @throws InvalidInputException if it is more than the padding
   */
  void check(String layer, List<String> masks) {
    if (masks.isEmpty() || !checked.add(masks)) {
      return;
    }
    List<NodeProto> nodes =
        masks.stream().flatMap(mask -> graph.ancestors(mask, Set.of()).stream()).toList();
    for (NodeProto node : nodes) {
      if (isOther(node)) {
        throw other(layer, "by the operator " + node.getOpType());
      }
    }
    List<OnnxConstant> constants =
        Stream.concat(masks.stream(), nodes.stream().flatMap(node -> node.getInputList().stream()))
            .flatMap(name -> graph.constant(name).stream())
            .toList();
    for (OnnxConstant constant : constants) {
      if (constant.isTable()) {
        throw other(layer, "by a table of the shape " + constant.shape());
      }
    }
    if (constants.stream()
        .flatMap(constant -> constant.value().stream())
        .noneMatch(number -> Math.abs(number) >= LOST)) {
      throw other(layer, "by numbers that are too small to leave anything out");
    }
  }

  /** Whether an operator compares places, or scores, with one another. */
  private boolean isOther(NodeProto node) {
    String operator = node.getOpType();
    boolean alone = node.getInputList().stream().noneMatch(name -> known.scalar(name).isPresent());
    return switch (operator) {
      case "Trilu", "Abs", "MatMul", "Gemm", "Min", "Max" -> true;
      case "Sub" -> alone;
      default -> COMPARISONS.contains(operator) && alone;
    };
  }

  private InvalidInputException other(String layer, String what) {
    return InvalidInputException.of(
        "%s: attention in %s is not masked as the padding is, but %s", graph.file(), layer, what);
  }
}

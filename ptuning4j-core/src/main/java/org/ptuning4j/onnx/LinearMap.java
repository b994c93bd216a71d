package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/**
 * A linear map as the graph has it: a product with a constant, and a bias. The weight has often
 * lost its name, because exporters transpose it beforehand; the bias has kept its own.
 *
 * @param weight the matrix
 * @param transposed whether it is {@code [in, out]}, where checkpoints have {@code [out, in]}
 * @param input the value that goes in
 * @param output the value that comes out, with the bias in it
 */
record LinearMap(OnnxConstant weight, boolean transposed, String input, String output) {

  /** The map to whose product a bias is added. */
  static Optional<LinearMap> ofBias(OnnxGraph graph, String bias) {
    for (NodeProto node : graph.consumers(bias)) {
      Optional<LinearMap> found =
          switch (node.getOpType()) {
            case "Add" -> ofSum(graph, node, bias);
            case "Gemm" -> ofGemm(graph, node, bias);
            default -> Optional.empty();
          };
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<LinearMap> ofSum(OnnxGraph graph, NodeProto sum, String bias) {
    List<String> others = OnnxGraph.others(sum, bias);
    if (others.size() != 1) {
      return Optional.empty();
    }
    return graph
        .producer(others.get(0), "MatMul")
        .filter(product -> product.getInputCount() == 2)
        .flatMap(
            product ->
                matrix(graph, product.getInput(1))
                    .map(
                        matrix ->
                            new LinearMap(
                                matrix.weight(),
                                matrix.transposed(),
                                product.getInput(0),
                                OnnxGraph.output(sum))));
  }

  /** A matrix, and whether it is transposed, compared with checkpoints. */
  private record Matrix(OnnxConstant weight, boolean transposed) {}

  private static Optional<Matrix> matrix(OnnxGraph graph, String name) {
    Optional<Matrix> folded = graph.constant(name).map(weight -> new Matrix(weight, true));
    return folded.or(
        () ->
            graph
                .producer(name, "Transpose")
                .filter(node -> node.getInputCount() == 1)
                .flatMap(node -> graph.constant(node.getInput(0)))
                .map(weight -> new Matrix(weight, false)));
  }

  private static Optional<LinearMap> ofGemm(OnnxGraph graph, NodeProto node, String bias) {
    boolean plain =
        node.getInputCount() == 3
            && node.getInput(2).equals(bias)
            && number(node, "alpha", 1) == 1
            && number(node, "beta", 1) == 1
            && number(node, "transA", 0) == 0;
    if (!plain) {
      return Optional.empty();
    }
    boolean transposed = number(node, "transB", 0) == 0;
    return graph
        .constant(node.getInput(1))
        .map(weight -> new LinearMap(weight, transposed, node.getInput(0), OnnxGraph.output(node)));
  }

  private static double number(NodeProto node, String attribute, double otherwise) {
    return OnnxGraph.attribute(node, attribute)
        .map(value -> value.hasF() ? value.getF() : (double) value.getI())
        .orElse(otherwise);
  }
}

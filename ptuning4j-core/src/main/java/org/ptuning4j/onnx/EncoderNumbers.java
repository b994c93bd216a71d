package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ptuning4j.InvalidInputException;

/** What the weights alone do not say about an encoder, read from the operators between them. */
final class EncoderNumbers {

  /** PyTorch's epsilon where an operator names none, as ONNX has it. */
  private static final double DEFAULT_EPSILON = 1e-5;

  private final OnnxGraph graph;
  private final KnownNumbers known;

  EncoderNumbers(OnnxGraph graph, KnownNumbers known) {
    this.graph = graph;
    this.known = known;
  }

  /**
   * The number of attention heads: the queries' output is given the shape {@code [batch, length,
   * heads, width of a head]}, perhaps after others that do not split its width.
   *
   * @param query the map that makes queries
   * @param hidden the width of the model
   */
  int heads(LinearMap query, long hidden) {
    String name = query.output();
    for (int steps = 0; steps < 4; steps++) {
      Optional<NodeProto> reshape = forward(name, "Reshape");
      if (reshape.isEmpty()) {
        break;
      }
      Optional<Integer> heads = heads(reshape.get(), hidden);
      if (heads.isPresent()) {
        return heads.get();
      }
      name = OnnxGraph.output(reshape.get());
    }
    throw graph.unknown("the number of attention heads", query.output());
  }

  /** The heads into which a shape splits the width; empty if it does not. */
  private Optional<Integer> heads(NodeProto reshape, long hidden) {
    List<Long> shape = reshape.getInputCount() == 2 ? known.sizes(reshape.getInput(1)) : List.of();
    long last = shape.isEmpty() ? 0 : shape.get(shape.size() - 1);
    if (shape.size() == 4 || (shape.size() == 3 && last > 0 && last != hidden)) {
      long width = shape.get(shape.size() - 1);
      long heads = shape.get(shape.size() - 2);
      heads = heads > 0 || width <= 0 ? heads : hidden / width;
      if (heads > 0
          && heads <= hidden
          && hidden % heads == 0
          && (width <= 0 || width == hidden / heads)) {
        return Optional.of(Math.toIntExact(heads));
      }
    }
    return Optional.empty();
  }

  /** The operator of a type that takes a value, perhaps scaled or cast on the way. */
  private Optional<NodeProto> forward(String value, String operator) {
    String name = value;
    for (int steps = 0; steps < 4; steps++) {
      Optional<NodeProto> found = graph.consumer(name, operator);
      if (found.isPresent()) {
        return found;
      }
      Optional<NodeProto> next =
          graph.consumers(name).stream()
              .filter(node -> Set.of("Mul", "Div", "Cast", "Identity").contains(node.getOpType()))
              .findFirst();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      name = OnnxGraph.output(next.get());
    }
    return Optional.empty();
  }

  /**
   * A norm.
   *
   * @param input the value that goes in
   * @param epsilon its epsilon
   */
  record Norm(String input, double epsilon) {}

  /** The epsilon of the norm to which a bias belongs. */
  double epsilon(String bias) {
    return normOf(bias)
        .map(Norm::epsilon)
        .orElseThrow(() -> graph.unknown("the epsilon of a norm", bias));
  }

  /** The norm to which a bias belongs; empty where there is none that is recognised. */
  Optional<Norm> normOf(String bias) {
    for (NodeProto node : graph.consumers(bias)) {
      Optional<Norm> found =
          switch (node.getOpType()) {
            case "LayerNormalization" ->
                Optional.of(
                    new Norm(
                        node.getInput(0),
                        OnnxGraph.attribute(node, "epsilon")
                            .map(value -> Double.parseDouble(Float.toString(value.getF())))
                            .orElse(DEFAULT_EPSILON)));
            case "Add" -> norm(node, bias);
            default -> Optional.empty();
          };
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** bias + weight · (x − mean) / √(variance + ε) */
  private Optional<Norm> norm(NodeProto sum, String bias) {
    return OnnxGraph.others(sum, bias).stream()
        .flatMap(name -> graph.producer(name, "Mul").stream())
        .flatMap(scaled -> scaled.getInputList().stream())
        .flatMap(name -> graph.producer(name, "Div").stream())
        .filter(division -> division.getInputCount() == 2)
        .flatMap(division -> norm(division).stream())
        .findFirst();
  }

  private Optional<Norm> norm(NodeProto division) {
    Optional<String> input =
        graph
            .producer(division.getInput(0), "Sub")
            .filter(centred -> centred.getInputCount() == 2)
            .map(centred -> centred.getInput(0));
    Optional<Double> epsilon =
        graph
            .producer(division.getInput(1), "Sqrt")
            .filter(root -> root.getInputCount() == 1)
            .flatMap(root -> graph.producer(root.getInput(0), "Add"))
            .flatMap(
                inner ->
                    inner.getInputList().stream()
                        .flatMap(name -> graph.constant(name).stream())
                        .flatMap(constant -> constant.scalar().stream())
                        .filter(number -> number > 0) // in half precision it may have become 0
                        .findFirst());
    return input.flatMap(name -> epsilon.map(number -> new Norm(name, number)));
  }

  /**
   * The activation between two values, such as a layer's two wide maps.
   *
   * @return as config.json names it
   */
  String activation(String from, String to) {
    return knownActivation(from, to)
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: the activation of the operators %s is not one that is known (exact GELU,"
                        + " GELU by tanh, ReLU, SiLU)",
                    graph.file(), String.join(", ", operators(graph.ancestors(to, Set.of(from))))));
  }

  /** The same; empty if it is not a known one. */
  Optional<String> knownActivation(String from, String to) {
    List<NodeProto> nodes = graph.ancestors(to, Set.of(from));
    boolean tanh =
        nodes.stream()
            .flatMap(node -> OnnxGraph.attribute(node, "approximate").stream())
            .map(AttributeProto::getS)
            .anyMatch(value -> value.toStringUtf8().equals("tanh"));
    List<OnnxConstant> numbers =
        nodes.stream()
            .flatMap(node -> node.getInputList().stream())
            .flatMap(name -> graph.constant(name).stream())
            .toList();
    return named(operators(nodes), numbers, tanh);
  }

  private static Set<String> operators(List<NodeProto> nodes) {
    Set<String> operators = new TreeSet<>();
    nodes.forEach(node -> operators.add(node.getOpType()));
    operators.removeAll(Set.of("Cast", "Identity"));
    return operators;
  }

  private static Optional<String> named(
      Set<String> operators, List<OnnxConstant> numbers, boolean tanh) {
    if (operators.equals(Set.of("Gelu"))) {
      return Optional.of(tanh ? "gelu_new" : "gelu");
    }
    boolean exact =
        operators.contains("Erf")
            && Set.of("Erf", "Div", "Mul", "Add").containsAll(operators)
            && (has(numbers, Math.sqrt(2)) || has(numbers, Math.sqrt(0.5)))
            && has(numbers, 0.5);
    if (exact) {
      return Optional.of("gelu");
    }
    boolean approximate =
        operators.contains("Tanh")
            && Set.of("Tanh", "Pow", "Mul", "Add").containsAll(operators)
            && has(numbers, 0.044715)
            && has(numbers, Math.sqrt(2 / Math.PI));
    if (approximate) {
      return Optional.of("gelu_new");
    }
    if (operators.equals(Set.of("Relu"))) {
      return Optional.of("relu");
    }
    boolean silu = operators.equals(Set.of("Sigmoid", "Mul")) && numbers.isEmpty();
    return silu ? Optional.of("silu") : Optional.empty();
  }

  private static boolean has(List<OnnxConstant> numbers, double wanted) {
    return numbers.stream().anyMatch(number -> number.isAbout(wanted));
  }
}

package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.ptuning4j.InvalidInputException;

/** What weights alone do not say of an encoder, read from the operators between them. */
final class EncoderNumbers {

  private static final int FARTHEST = 200;

  /** PyTorch's epsilon where an operator names none, as ONNX has it. */
  private static final double DEFAULT_EPSILON = 1e-5;

  private final OnnxGraph graph;

  EncoderNumbers(OnnxGraph graph) {
    this.graph = graph;
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
    throw unknown("the number of attention heads", query.output());
  }

  /** The heads into which a shape splits the width; empty if it does not. */
  private Optional<Integer> heads(NodeProto reshape, long hidden) {
    List<Long> shape = reshape.getInputCount() == 2 ? tail(reshape.getInput(1)) : List.of();
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

  /** The operator of a type that takes a value, scaled or cast at most. */
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

  /** A shape's numbers as far as they are constant; 0 where they are not. */
  private List<Long> tail(String shape) {
    List<Long> numbers = new ArrayList<>();
    Optional<NodeProto> concat = graph.producer(shape, "Concat");
    List<String> parts = concat.isPresent() ? concat.get().getInputList() : List.of(shape);
    for (String part : parts) {
      Optional<long[]> known = numbers(part);
      if (known.isPresent()) {
        for (long number : known.get()) {
          numbers.add(number);
        }
      } else {
        numbers.add(0L);
      }
    }
    return numbers;
  }

  private Optional<long[]> numbers(String name) {
    Optional<String> inner =
        graph
            .producer(name)
            .filter(node -> Set.of("Unsqueeze", "Cast").contains(node.getOpType()))
            .filter(node -> node.getInputCount() > 0)
            .map(node -> node.getInput(0));
    return graph.constant(inner.orElse(name)).flatMap(OnnxConstant::numbers);
  }

  /** The epsilon of the norm to which a bias belongs. */
  double epsilon(String bias) {
    for (NodeProto node : graph.consumers(bias)) {
      if (node.getOpType().equals("LayerNormalization")) {
        return OnnxGraph.attribute(node, "epsilon")
            .map(value -> Double.parseDouble(Float.toString(value.getF())))
            .orElse(DEFAULT_EPSILON);
      }
      Optional<Double> found =
          node.getOpType().equals("Add") ? epsilon(node, bias) : Optional.empty();
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw unknown("the epsilon of a norm", bias);
  }

  /** bias + weight · (x − mean) / √(variance + ε) */
  private Optional<Double> epsilon(NodeProto sum, String bias) {
    return OnnxGraph.others(sum, bias).stream()
        .flatMap(name -> graph.producer(name, "Mul").stream())
        .flatMap(scaled -> scaled.getInputList().stream())
        .flatMap(name -> graph.producer(name, "Div").stream())
        .filter(division -> division.getInputCount() == 2)
        .flatMap(division -> graph.producer(division.getInput(1), "Sqrt").stream())
        .filter(root -> root.getInputCount() == 1)
        .flatMap(root -> graph.producer(root.getInput(0), "Add").stream())
        .flatMap(inner -> inner.getInputList().stream())
        .flatMap(name -> graph.constant(name).stream())
        .flatMap(constant -> constant.scalar().stream())
        .filter(epsilon -> epsilon > 0) // a half may have lost it
        .findFirst();
  }

  /**
   * The activation between a layer's two wide maps.
   *
   * @return as config.json names it
   */
  String activation(LinearMap first, LinearMap second) {
    Set<String> operators = new TreeSet<>();
    List<OnnxConstant> numbers = new ArrayList<>();
    boolean tanh = false;
    for (NodeProto node : between(second.input(), first.output())) {
      operators.add(node.getOpType());
      tanh |=
          OnnxGraph.attribute(node, "approximate")
              .map(AttributeProto::getS)
              .filter(value -> value.toStringUtf8().equals("tanh"))
              .isPresent();
      node.getInputList().stream()
          .flatMap(name -> graph.constant(name).stream())
          .forEach(numbers::add);
    }
    operators.removeAll(Set.of("Cast", "Identity"));
    return named(operators, numbers, tanh)
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: the activation of the operators %s is not one that is known (exact GELU,"
                        + " GELU by tanh, ReLU, SiLU)",
                    graph.file(), String.join(", ", operators)));
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

  /** The operators on the way back from a value to an earlier one. */
  private List<NodeProto> between(String from, String to) {
    List<NodeProto> nodes = new ArrayList<>();
    walk(from, Set.of(to), nodes);
    return nodes;
  }

  /** Collects the operators that a value is made by, back to where some values are reached. */
  private void walk(String from, Set<String> until, List<NodeProto> nodes) {
    Deque<String> open = new ArrayDeque<>(List.of(from));
    Set<String> seen = new HashSet<>(until);
    while (!open.isEmpty() && nodes.size() < FARTHEST) {
      String name = open.pop();
      if (!seen.add(name) || graph.constant(name).isPresent()) {
        continue;
      }
      graph
          .producer(name)
          .ifPresent(
              node -> {
                nodes.add(node);
                if (!node.getOpType().equals("Shape")) { // what a size is of does not matter
                  node.getInputList().forEach(open::push);
                }
              });
    }
  }

  /**
   * The padding token from which positions are counted, as RoBERTa does it: a sum over the tokens
   * that are none.
   *
   * @param positions the position embeddings
   * @return empty where positions count from the start, as BERT's do
   */
  OptionalLong countedPadding(String positions) {
    NodeProto gather =
        graph
            .consumer(positions, "Gather")
            .filter(node -> node.getInputCount() == 2)
            .orElseThrow(() -> unknown("how positions are counted", positions));
    List<NodeProto> nodes = new ArrayList<>();
    walk(gather.getInput(1), Set.of(), nodes);
    if (nodes.stream().noneMatch(node -> node.getOpType().equals("CumSum"))) {
      boolean given = nodes.stream().anyMatch(this::takesInput) || isInput(gather.getInput(1));
      if (given || nodes.stream().anyMatch(this::moves)) {
        throw unknown("how positions are counted", OnnxGraph.output(gather));
      }
      return OptionalLong.empty();
    }
    Optional<Long> padding =
        nodes.stream()
            .filter(node -> node.getOpType().equals("Equal"))
            .flatMap(node -> node.getInputList().stream())
            .flatMap(name -> graph.constant(name).stream())
            .flatMap(constant -> constant.scalar().stream())
            .map(Double::longValue)
            .findFirst();
    return OptionalLong.of(
        padding.orElseThrow(() -> unknown("the padding token", OnnxGraph.output(gather))));
  }

  private boolean takesInput(NodeProto node) {
    return !node.getOpType().equals("Shape")
        && node.getInputList().stream().anyMatch(this::isInput);
  }

  /** Whether a value is none that the graph makes or holds. */
  private boolean isInput(String name) {
    return !name.isEmpty() && graph.producer(name).isEmpty() && graph.constant(name).isEmpty();
  }

  /** Whether an operator adds something else than 0 to positions, or counts from there. */
  private boolean moves(NodeProto node) {
    List<String> inputs =
        switch (node.getOpType()) {
          case "Add", "Sub" -> node.getInputList();
          case "Range" -> node.getInputList().subList(0, Math.min(1, node.getInputCount()));
          default -> List.of();
        };
    return inputs.stream()
        .flatMap(name -> graph.constant(name).stream())
        .anyMatch(constant -> constant.scalar().filter(number -> number == 0).isEmpty());
  }

  private InvalidInputException unknown(String what, String place) {
    return InvalidInputException.of(
        "%s: %s cannot be told from the operators at '%s'; the graph is not one that is recognised",
        graph.file(), what, place);
  }
}

package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.LfsPointer;

/**
 * A graph of operators: which operator makes a value, which ones take it, and which values are
 * constants.
 */
final class OnnxGraph {

  /** More operators than any number of an encoder is computed by. */
  private static final int MOST_ANCESTORS = 200;

  /** The operators that exporters make of an encoder. Any other one means another kind of model. */
  private static final Set<String> OPERATORS =
      Set.of(
          "Abs",
          "Add",
          "And",
          "Cast",
          "CastLike",
          "Concat",
          "Constant",
          "ConstantOfShape",
          "CumSum",
          "Div",
          "Dropout",
          "Equal",
          "Erf",
          "Expand",
          "Flatten",
          "Gather",
          "GatherElements",
          "GatherND",
          "Gelu",
          "Gemm",
          "Greater",
          "GreaterOrEqual",
          "Identity",
          "IsInf",
          "IsNaN",
          "LayerNormalization",
          "Less",
          "LessOrEqual",
          "MatMul",
          "Max",
          "Min",
          "Mul",
          "Neg",
          "NonZero",
          "Not",
          "Or",
          "Pow",
          "Range",
          "ReduceMean",
          "ReduceSum",
          "Relu",
          "Reshape",
          "ScatterND",
          "Shape",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Split",
          "Sqrt",
          "Squeeze",
          "Sub",
          "Tanh",
          "Transpose",
          "Trilu",
          "Unsqueeze",
          "Where");

  private final Path file;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, List<NodeProto>> consumers = new HashMap<>();
  private final Map<String, TensorProto> constants = new LinkedHashMap<>();

  private OnnxGraph(Path file, GraphProto graph) {
    this.file = file;
    graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    for (NodeProto node : graph.getNodeList()) {
      require(node);
      node.getOutputList().forEach(output -> producers.put(output, node));
      node.getInputList()
          .forEach(input -> consumers.computeIfAbsent(input, key -> new ArrayList<>()).add(node));
      attribute(node, "value")
          .filter(value -> node.getOpType().equals("Constant") && value.hasT())
          .ifPresent(value -> constants.put(output(node), value.getT()));
    }
  }

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if it is not an ONNX file, or holds an operator that no plain
   *     encoder has; the message names it
   */
  static OnnxGraph read(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      LfsPointer.refuse(file, content);
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(content).newCodedInput();
      in.enableAliasing(true); // weights stay where they were read to
      ModelProto model = ModelProto.parseFrom(in);
      if (model.getGraph().getNodeCount() == 0) {
        throw InvalidInputException.of("%s: holds no graph of operators", file);
      }
      return new OnnxGraph(file, model.getGraph());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          file + ": no ONNX file, or a damaged one (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + FailureReason.of(e), e);
    } catch (OutOfMemoryError e) {
      throw new InvalidInputException(
          file
              + ": too large: a file is read into Java's memory, of which there is not enough, or"
              + " it has more than 2 GiB",
          e);
    }
  }

  private void require(NodeProto node) {
    boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
    if (!standard || !OPERATORS.contains(node.getOpType())) {
      String operator = standard ? node.getOpType() : node.getDomain() + "::" + node.getOpType();
      throw InvalidInputException.of(
          "%s: the operator %s is not one of a plain encoder's; quantised graphs and graphs with"
              + " fused operators are not read: take the file that was exported without"
              + " optimisation",
          file, operator);
    }
    if (node.getOutputCount() == 0) {
      throw InvalidInputException.of("%s: an operator %s gives nothing", file, node.getOpType());
    }
  }

  Path file() {
    return file;
  }

  /** The names of the constants, those of other constants' copies included. */
  Set<String> constantNames() {
    Set<String> names = new LinkedHashSet<>(constants.keySet());
    producers.forEach(
        (name, node) -> {
          if (node.getOpType().equals("Identity") && constant(name).isPresent()) {
            names.add(name);
          }
        });
    return names;
  }

  /** A constant: an initializer, a Constant's value, or a copy of one of them. */
  Optional<OnnxConstant> constant(String name) {
    String source = name;
    for (int steps = 0; steps < 8; steps++) {
      TensorProto tensor = constants.get(source);
      if (tensor != null) {
        return Optional.of(new OnnxConstant(file, name, tensor));
      }
      NodeProto node = producers.get(source);
      if (node == null || !node.getOpType().equals("Identity") || node.getInputCount() != 1) {
        return Optional.empty();
      }
      source = node.getInput(0);
    }
    return Optional.empty();
  }

  Optional<NodeProto> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** The operator of a type that makes a value. */
  Optional<NodeProto> producer(String value, String operator) {
    return producer(value).filter(node -> node.getOpType().equals(operator));
  }

  List<NodeProto> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  /** The first operator of a type that takes a value. */
  Optional<NodeProto> consumer(String value, String operator) {
    return consumers(value).stream().filter(node -> node.getOpType().equals(operator)).findFirst();
  }

  /**
   * The operators that a value is made by, back to some values. Where only the shape of a value is
   * used, its own operators are not among them.
   */
  List<NodeProto> ancestors(String value, Set<String> until) {
    List<NodeProto> nodes = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(value));
    Set<String> seen = new HashSet<>(until);
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeProto node = producers.get(name);
      if (!seen.add(name) || node == null || constant(name).isPresent()) {
        continue;
      }
      nodes.add(node);
      if (nodes.size() > MOST_ANCESTORS) {
        throw unknown("what is computed", value);
      }
      if (!node.getOpType().equals("Shape")) {
        node.getInputList().forEach(open::push);
      }
    }
    return nodes;
  }

  /** The error for a graph that computes in an unknown way. */
  InvalidInputException unknown(String what, String place) {
    return InvalidInputException.of(
        "%s: %s cannot be told from the operators at '%s'; the graph is not one that is recognised",
        file, what, place);
  }

  static Optional<AttributeProto> attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst();
  }

  /** An operator's first output. */
  static String output(NodeProto node) {
    return node.getOutput(0);
  }

  /** An operator's inputs except one. */
  static List<String> others(NodeProto node, String input) {
    return node.getInputList().stream().filter(name -> !name.equals(input)).toList();
  }
}

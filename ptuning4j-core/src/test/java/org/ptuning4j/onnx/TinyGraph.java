package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * A tiny encoder as PyTorch exports one: products with transposed weights that have lost their
 * names, norms and GELU in single operators. Variants change one thing each.
 */
public final class TinyGraph {

  static final int HIDDEN = 8;
  static final int WIDE = 16;
  static final int HEADS = 2;
  static final int LAYERS = 2;
  static final int WORDS = 12;
  static final int POSITIONS = 10;

  /** Weights as checkpoints have them, {@code [out, in]}. */
  final Map<String, float[]> weights = new LinkedHashMap<>();

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Random random = new Random(7);
  private final String prefix;
  private final boolean distil;
  private int values;

  boolean counted; // positions counted from the padding token, as RoBERTa's
  boolean fusedNorms;
  boolean gemm;
  boolean listed; // numbers as fields of the protobuf instead of raw bytes
  String activation = "Erf";
  double epsilon = 1e-12;
  int heads = HEADS;
  boolean flattened; // queries, keys and values are given the shape that they have, first
  TensorProto.DataType halves; // the type of the numbers between operators, if not FLOAT
  String index = "slice"; // how positions are made where they are not counted
  int types = 2;
  String extra; // an operator that does not belong there
  String extraDomain = "";
  String extraWeight;

  TinyGraph(String prefix, boolean distil) {
    this.prefix = prefix;
    this.distil = distil;
  }

  public static TinyGraph bert() {
    return new TinyGraph("", false);
  }

  /** A BERT's file whose word embeddings are in a file beside it, which is written, too. */
  public static byte[] withWordsIn(String name, Path folder) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(bert().build()).toBuilder();
    TensorProto.Builder words = model.getGraphBuilder().getInitializerBuilder(0);
    Files.write(folder.resolve(name), words.getRawData().toByteArray());
    words
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(name));
    return model.build().toByteArray();
  }

  static final String TOKENIZER =
      """
      {"version": "1.0", "added_tokens": [{"id": 3, "content": "[PAD]"}],
       "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0}}}
      """;

  public static String tokenizer() {
    return TOKENIZER;
  }

  private String value() {
    return "value_" + values++;
  }

  private void initializer(String name, TensorProto.Builder tensor) {
    graph.addInitializer(tensor.setName(name));
  }

  private TensorProto.Builder floats(float[] numbers, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(TensorProto.DataType.FLOAT_VALUE);
    LongStream.of(shape).forEach(tensor::addDims);
    if (listed) {
      for (float number : numbers) {
        tensor.addFloatData(number);
      }
      return tensor;
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      bytes.putFloat(number);
    }
    return tensor.setRawData(ByteString.copyFrom(bytes.flip()));
  }

  private float[] numbers(int size) {
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private void named(String name, long... shape) {
    float[] numbers = numbers((int) LongStream.of(shape).reduce(1, (a, b) -> a * b));
    weights.put(name, numbers);
    initializer(prefix + name, floats(numbers, shape));
  }

  private String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = value();
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output);
    List.of(attributes).forEach(node::addAttribute);
    graph.addNode(node);
    return output;
  }

  private static AttributeProto attribute(String name, float number) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setF(number)
        .setType(AttributeProto.AttributeType.FLOAT)
        .build();
  }

  private static AttributeProto attribute(String name, long number) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setI(number)
        .setType(AttributeProto.AttributeType.INT)
        .build();
  }

  private String scalar(double number) {
    return node(
        "Constant",
        List.of(),
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(halves == null ? floats(new float[] {(float) number}) : half(number))
            .build());
  }

  private TensorProto.Builder half(double number) {
    int exponent = Math.max(-14, Math.getExponent(number));
    int bits =
        halves == TensorProto.DataType.BFLOAT16
            ? (Float.floatToIntBits((float) number) + 0x8000) >>> 16
            : ((exponent + 14) << 10) + (int) Math.round(Math.scalb(number, 10 - exponent));
    return TensorProto.newBuilder().setDataType(halves.getNumber()).addInt32Data(bits);
  }

  private String whole(long... numbers) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(numbers.length);
    LongStream.of(numbers).forEach(tensor::addInt64Data);
    return node(
        "Constant",
        List.of(),
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor)
            .build());
  }

  private String linear(String name, String input, int out, int in) {
    float[] weight = numbers(out * in); // [out, in]
    weights.put(name + ".weight", weight);
    named(name + ".bias", out);
    String bias = prefix + name + ".bias";
    String matrix = "onnx::MatMul_" + values++;
    if (gemm) {
      initializer(matrix, floats(weight, out, in));
      return node("Gemm", List.of(input, matrix, bias), attribute("transB", 1));
    }
    float[] transposed = new float[out * in];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        transposed[j * out + i] = weight[i * in + j];
      }
    }
    initializer(matrix, floats(transposed, in, out));
    return node("Add", List.of(bias, node("MatMul", List.of(input, matrix))));
  }

  private String norm(String name, String input) {
    named(name + ".weight", HIDDEN);
    named(name + ".bias", HIDDEN);
    String weight = prefix + name + ".weight";
    String bias = prefix + name + ".bias";
    if (fusedNorms) {
      return node(
          "LayerNormalization",
          List.of(input, weight, bias),
          attribute("epsilon", (float) epsilon));
    }
    String centred = node("Sub", List.of(input, node("ReduceMean", List.of(input))));
    String variance = node("ReduceMean", List.of(node("Pow", List.of(centred, scalar(2)))));
    String root = node("Sqrt", List.of(node("Add", List.of(variance, scalar(epsilon)))));
    String scaled = node("Mul", List.of(node("Div", List.of(centred, root)), weight));
    return node("Add", List.of(scaled, bias));
  }

  private String heads(String output) {
    String input = flattened ? node("Reshape", List.of(output, whole(0, 0, HIDDEN))) : output;
    if (heads == 0) {
      return node("Transpose", List.of(input));
    }
    String shape =
        node(
            "Concat",
            List.of(
                node("Unsqueeze", List.of(node("Shape", List.of(input)))),
                node("Unsqueeze", List.of(node("Shape", List.of(input)))),
                whole(heads),
                whole(HIDDEN / heads)));
    return node("Transpose", List.of(node("Reshape", List.of(input, shape))));
  }

  private String activated(String x) {
    return switch (activation) {
      case "Erf" -> {
        String erf = node("Erf", List.of(node("Div", List.of(x, scalar(Math.sqrt(2))))));
        String product = node("Mul", List.of(x, node("Add", List.of(erf, scalar(1)))));
        yield node("Mul", List.of(product, scalar(0.5)));
      }
      case "Tanh" -> {
        String cube = node("Mul", List.of(node("Pow", List.of(x, scalar(3))), scalar(0.044715)));
        String inner =
            node("Mul", List.of(node("Add", List.of(x, cube)), scalar(Math.sqrt(2 / Math.PI))));
        String sum = node("Add", List.of(node("Tanh", List.of(inner)), scalar(1)));
        yield node("Mul", List.of(node("Mul", List.of(x, scalar(0.5))), sum));
      }
      case "Sigmoid" -> node("Mul", List.of(x, node("Sigmoid", List.of(x))));
      case "QuickGelu" ->
          node("Mul", List.of(x, node("Sigmoid", List.of(node("Mul", List.of(x, scalar(1.702)))))));
      default -> node(activation, List.of(x));
    };
  }

  private String range(long from, long more) {
    String length = node("Gather", List.of(node("Shape", List.of("input_ids")), whole(1)));
    return node("Range", List.of(whole(from), node("Add", List.of(length, whole(more))), whole(1)));
  }

  /** The file's bytes. */
  public byte[] build() {
    String words = prefix + "embeddings.word_embeddings.weight";
    named("embeddings.word_embeddings.weight", WORDS, HIDDEN);
    named("embeddings.position_embeddings.weight", POSITIONS, HIDDEN);
    String positions;
    if (counted) {
      String other = node("Not", List.of(node("Equal", List.of("input_ids", scalar(1)))));
      positions = node("Add", List.of(node("CumSum", List.of(other)), scalar(1)));
    } else {
      positions =
          switch (index) {
            case "given" -> "position_ids";
            case "expanded" -> node("Expand", List.of("position_ids", whole(1, 3)));
            case "moved" -> node("Add", List.of(whole(2), node("Slice", List.of(whole(0, 1)))));
            case "later" -> range(2, 0);
            case "longer" -> range(0, 2);
            case "range" -> range(0, 0);
            default -> node("Slice", List.of(whole(0, 1, 2)));
          };
    }
    String x =
        node(
            "Add",
            List.of(
                node("Gather", List.of(words, "input_ids")),
                node(
                    "Gather",
                    List.of(prefix + "embeddings.position_embeddings.weight", positions))));
    if (!distil) {
      named("embeddings.token_type_embeddings.weight", types, HIDDEN);
    }
    x = norm("embeddings.LayerNorm", x);
    if (extra != null) {
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType(extra)
              .setDomain(extraDomain)
              .addInput(x)
              .addOutput("odd"));
    }
    if (extraWeight != null) {
      named(extraWeight, HIDDEN);
    }
    for (int layer = 0; layer < LAYERS; layer++) {
      x = layer(x, (distil ? "transformer.layer." : "encoder.layer.") + layer + ".");
    }
    return ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray();
  }

  private String layer(String x, String name) {
    String attention = name + (distil ? "attention." : "attention.self.");
    String q = heads(linear(attention + (distil ? "q_lin" : "query"), x, HIDDEN, HIDDEN));
    String k = heads(linear(attention + (distil ? "k_lin" : "key"), x, HIDDEN, HIDDEN));
    String v = heads(linear(attention + (distil ? "v_lin" : "value"), x, HIDDEN, HIDDEN));
    String weights = node("Softmax", List.of(node("MatMul", List.of(q, k))));
    String read =
        node("Reshape", List.of(node("MatMul", List.of(weights, v)), whole(0, 0, HIDDEN)));
    String out =
        linear(
            name + (distil ? "attention.out_lin" : "attention.output.dense"), read, HIDDEN, HIDDEN);
    String y =
        norm(
            name + (distil ? "sa_layer_norm" : "attention.output.LayerNorm"),
            node("Add", List.of(out, x)));
    String wide =
        activated(linear(name + (distil ? "ffn.lin1" : "intermediate.dense"), y, WIDE, HIDDEN));
    String narrow = linear(name + (distil ? "ffn.lin2" : "output.dense"), wide, HIDDEN, WIDE);
    return norm(
        name + (distil ? "output_layer_norm" : "output.LayerNorm"),
        node("Add", List.of(narrow, y)));
  }
}

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
  int first = 1; // what is added to a count from the padding
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
  String scale = "divided"; // how scores come to be multiplied, and by what power of the width
  double power = -0.5;
  String mask = "padding";
  String language; // what comes before the names of a head for masked words
  boolean ownMatrix; // the head's matrix is another than the word embeddings
  double headEpsilon = 1e-12;
  String headActivation;
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
    named(prefix, name, shape);
  }

  private void named(String before, String name, long... shape) {
    float[] numbers = numbers((int) LongStream.of(shape).reduce(1, (a, b) -> a * b));
    weights.put(name, numbers);
    initializer(before + name, floats(numbers, shape));
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

  private static AttributeProto order(long... places) {
    AttributeProto.Builder order =
        AttributeProto.newBuilder().setName("perm").setType(AttributeProto.AttributeType.INTS);
    LongStream.of(places).forEach(order::addInts);
    return order.build();
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
    return linear(prefix, name, input, out, in);
  }

  private String linear(String before, String name, String input, int out, int in) {
    float[] weight = numbers(out * in); // [out, in]
    weights.put(name + ".weight", weight);
    named(before, name + ".bias", out);
    String bias = before + name + ".bias";
    String matrix = "onnx::MatMul_" + values++;
    if (gemm) {
      initializer(matrix, floats(weight, out, in));
      return node("Gemm", List.of(input, matrix, bias), attribute("transB", 1));
    }
    initializer(matrix, transposed(weight, out, in));
    return node("Add", List.of(bias, node("MatMul", List.of(input, matrix))));
  }

  private String norm(String name, String input) {
    return norm(prefix, name, input);
  }

  private String norm(String before, String name, String input) {
    named(before, name + ".weight", HIDDEN);
    named(before, name + ".bias", HIDDEN);
    String weight = before + name + ".weight";
    String bias = before + name + ".bias";
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
    return node("Transpose", List.of(node("Reshape", List.of(input, shape))), order(0, 2, 1, 3));
  }

  private String scores(String q, String k) {
    double width = HIDDEN / (double) Math.max(1, heads);
    double factor = Math.pow(width, power);
    return switch (scale) {
      case "divided" -> node("Div", List.of(product(q, k), scalar(1 / factor)));
      case "multiplied" -> node("Mul", List.of(scalar(factor), product(q, k)));
      case "queries" -> product(node("Div", List.of(q, scalar(1 / factor))), k);
      case "both" -> {
        String root = scalar(Math.sqrt(factor));
        yield product(node("Mul", List.of(q, root)), node("Mul", List.of(k, root)));
      }
      case "computed" -> { // as PyTorch's exporter does it where sizes are not known
        String last = node("Slice", List.of(node("Shape", List.of(q)), whole(-1), whole(9)));
        String root = node("Sqrt", List.of(node("Cast", List.of(last))));
        String half = node("Sqrt", List.of(node("Div", List.of(scalar(1), root))));
        yield product(node("Mul", List.of(q, half)), node("Mul", List.of(k, half)));
      }
      case "power" -> {
        String root = node("Pow", List.of(scalar(width), scalar(-power)));
        yield node("Div", List.of(product(q, k), root));
      }
      case "length" -> { // by the number of tokens, which is not known
        String length = node("Gather", List.of(node("Shape", List.of(q)), whole(2)));
        yield node("Div", List.of(product(q, k), node("Sqrt", List.of(length))));
      }
      default -> product(q, k);
    };
  }

  private String product(String q, String k) {
    return node("MatMul", List.of(q, node("Transpose", List.of(k))));
  }

  private String masked(String scores) {
    String tokens = node("Cast", List.of(node("Unsqueeze", List.of("attention_mask"))));
    return switch (mask) {
      case "padding" -> {
        String others = node("Sub", List.of(scalar(1), tokens));
        yield node("Add", List.of(scores, node("Mul", List.of(others, scalar(-10000)))));
      }
      case "filled" -> {
        String padding = node("Equal", List.of(tokens, scalar(0)));
        yield node("Where", List.of(padding, scalar(Double.NEGATIVE_INFINITY), scores));
      }
      case "weak" -> node("Add", List.of(scores, node("Mul", List.of(tokens, scalar(-1)))));
      case "causal" -> {
        String seen = node("Trilu", List.of(node("Expand", List.of(scalar(1), whole(3, 3)))));
        yield node("Where", List.of(seen, scores, scalar(-10000)));
      }
      case "compared" -> {
        String rows = node("Unsqueeze", List.of(range(0, 0)));
        String seen = node("LessOrEqual", List.of(range(0, 0), rows));
        yield node("Where", List.of(seen, scores, scalar(-10000)));
      }
      case "window" -> {
        String rows = node("Unsqueeze", List.of(range(0, 0)));
        String far = node("Less", List.of(node("Sub", List.of(range(0, 0), rows)), scalar(2)));
        yield node("Where", List.of(far, scores, scalar(-10000)));
      }
      case "table" -> {
        initializer("slopes", floats(numbers(2 * HEADS), HEADS, 2));
        String bias = node("Gather", List.of("slopes", whole(0, 1)));
        yield node("Add", List.of(scores, bias));
      }
      default -> scores;
    };
  }

  /** A head for masked words, over the word embeddings or a matrix of its own. */
  private void head(String x) {
    boolean roberta = language.equals("lm_head.");
    String dense = distil ? "vocab_transform" : roberta ? "lm_head.dense" : language + "dense";
    String norm =
        distil ? "vocab_layer_norm" : roberta ? "lm_head.layer_norm" : language + "LayerNorm";
    String bias =
        distil ? "vocab_projector.bias" : roberta ? "lm_head.bias" : "cls.predictions.bias";
    String matrix =
        distil ? "vocab_projector" : roberta ? "lm_head.decoder" : "cls.predictions.decoder";
    double epsilonBefore = epsilon;
    String activationBefore = activation;
    String y = linear("", dense, x, HIDDEN, HIDDEN);
    activation = headActivation != null ? headActivation : roberta ? "Erf" : activation;
    epsilon = headEpsilon;
    y = norm("", norm, activated(y));
    epsilon = epsilonBefore;
    activation = activationBefore;
    float[] words = weights.get("embeddings.word_embeddings.weight");
    float[] rows = ownMatrix ? numbers(words.length) : words;
    if (ownMatrix) {
      weights.put(matrix + ".weight", rows);
    }
    named("", bias, WORDS);
    initializer("onnx::MatMul_words", transposed(rows, WORDS, HIDDEN));
    node("Add", List.of(node("MatMul", List.of(y, "onnx::MatMul_words")), bias));
  }

  private TensorProto.Builder transposed(float[] rows, int out, int in) {
    float[] transposed = new float[out * in];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        transposed[j * out + i] = rows[i * in + j];
      }
    }
    return floats(transposed, in, out);
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

  private String sliced(String table, long start) {
    return node("Slice", List.of(table, whole(start), whole(9), whole(1), whole(1)));
  }

  private String filled(long number) {
    TensorProto.Builder value =
        TensorProto.newBuilder().setDataType(TensorProto.DataType.INT64_VALUE).addInt64Data(number);
    return node(
        "ConstantOfShape",
        List.of(node("Shape", List.of("input_ids"))),
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(value)
            .build());
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
      String sum = node("CumSum", List.of(other));
      String tokens = node("Mul", List.of(sum, node("Cast", List.of(other))));
      positions = node("Add", List.of(tokens, scalar(first)));
    } else {
      positions =
          switch (index) {
            case "given" -> "position_ids";
            case "expanded" -> node("Expand", List.of("position_ids", whole(1, 3)));
            case "moved" -> node("Add", List.of(whole(2), sliced(whole(0, 1), 0)));
            case "later" -> range(2, 0);
            case "longer" -> range(0, 2);
            case "range" -> range(0, 0);
            case "table" -> sliced(whole(0, 1, 2), 0);
            case "later table" -> sliced(whole(2, 3, 4), 0);
            case "later part" -> sliced(whole(0, 1, 2, 3), 1);
            case "odd table" -> sliced(whole(0, 2, 1), 0);
            case "places" ->
                node("Transpose", List.of(node("NonZero", List.of(filled(1)))), order(1, 0));
            default -> sliced(whole(0, 1, 2), 0);
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
    if (language != null) {
      head(x);
    }
    return ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray();
  }

  private String layer(String x, String name) {
    String attention = name + (distil ? "attention." : "attention.self.");
    String q = heads(linear(attention + (distil ? "q_lin" : "query"), x, HIDDEN, HIDDEN));
    String k = heads(linear(attention + (distil ? "k_lin" : "key"), x, HIDDEN, HIDDEN));
    String v = heads(linear(attention + (distil ? "v_lin" : "value"), x, HIDDEN, HIDDEN));
    String weights = node("Softmax", List.of(masked(scores(q, k))), attribute("axis", -1));
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

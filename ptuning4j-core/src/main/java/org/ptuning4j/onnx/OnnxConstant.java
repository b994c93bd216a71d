package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.file.FileBytes;
import org.ptuning4j.tensor.file.Quoted;
import org.ptuning4j.tensor.file.Shapes;

/** A tensor that the graph holds: a weight, or a number such as the width of a head. */
final class OnnxConstant {

  private static final Map<TensorProto.DataType, Dtype> TYPES =
      Map.of(
          TensorProto.DataType.FLOAT, Dtype.F32,
          TensorProto.DataType.FLOAT16, Dtype.F16,
          TensorProto.DataType.BFLOAT16, Dtype.BF16,
          TensorProto.DataType.DOUBLE, Dtype.F64,
          TensorProto.DataType.INT64, Dtype.I64,
          TensorProto.DataType.INT32, Dtype.I32);

  /** Numbers in the graph are a few at most; what is longer is a weight or a table. */
  private static final int MOST_NUMBERS = 64;

  /** The decimal digits that halves hold. */
  private static final Map<Dtype, Integer> DIGITS = Map.of(Dtype.F16, 3, Dtype.BF16, 2);

  private final Path file;
  private final String name;
  private final TensorProto proto;

  /**
   * A constant of a file.
   *
   * @param name what it is called in messages: the proto's own name may be that of another constant
   *     with the same content
   */
  OnnxConstant(Path file, String name, TensorProto proto) {
    this.file = file;
    this.name = name;
    this.proto = proto;
  }

  List<Long> shape() {
    return proto.getDimsList();
  }

  /** The type in ONNX's numbering; empty for an unknown number. */
  private Optional<TensorProto.DataType> type() {
    return Optional.ofNullable(TensorProto.DataType.forNumber(proto.getDataType()));
  }

  /** The type of its elements; empty for types that no weight here has. */
  Optional<Dtype> dtype() {
    return type().map(TYPES::get);
  }

  /**
   * The type of a weight.
   *
   * @throws InvalidInputException if weights do not have that type, such as the integers of a
   *     quantised model
   */
  Dtype weightType() {
    return dtype()
        .filter(Dtype::isFloatingPoint)
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: %s holds %s; weights of %s are read, quantised ones are not",
                    file,
                    Quoted.name(name),
                    type().map(Enum::name).orElse("elements of no known type"),
                    "FLOAT, FLOAT16, BFLOAT16 and DOUBLE"));
  }

  /**
   * The elements, little-endian, exactly as many bytes as shape and type ask for.
   *
   * @throws InvalidInputException if there are more or fewer
   */
  ByteBuffer bytes() {
    Dtype type = dtype().orElseThrow(() -> broken("has a type that is not read"));
    long wanted = size(type);
    ByteBuffer bytes =
        proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL
            ? external(wanted)
            : proto.hasRawData() ? proto.getRawData().asReadOnlyByteBuffer() : listed(type, wanted);
    if (bytes.remaining() != wanted) {
      throw broken("has " + bytes.remaining() + " bytes; its shape asks for " + wanted);
    }
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private long size(Dtype type) {
    try {
      if (shape().stream().anyMatch(dimension -> dimension < 0)) {
        throw broken("has a negative dimension");
      }
      return Shapes.bytes(type, shape());
    } catch (ArithmeticException e) {
      throw broken("has the shape " + shape() + ", which is too large for any file");
    }
  }

  /** Elements as numbers of the protobuf, which small tensors may have. */
  private ByteBuffer listed(Dtype type, long wanted) {
    int count =
        switch (type) {
          case F32 -> proto.getFloatDataCount();
          case F64 -> proto.getDoubleDataCount();
          case I64 -> proto.getInt64DataCount();
          default -> proto.getInt32DataCount();
        };
    if ((long) count * type.bytes() != wanted) {
      throw broken("has " + count + " elements; its shape is " + shape());
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) wanted).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (type) {
        case F32 -> bytes.putFloat(proto.getFloatData(i));
        case F64 -> bytes.putDouble(proto.getDoubleData(i));
        case I64 -> bytes.putLong(proto.getInt64Data(i));
        case I32 -> bytes.putInt(proto.getInt32Data(i));
        default -> bytes.putShort((short) proto.getInt32Data(i));
      }
    }
    return bytes.flip();
  }

  /** Elements in a file beside the model's, for models of more than 2 GiB. */
  private ByteBuffer external(long wanted) {
    Map<String, String> facts =
        proto.getExternalDataList().stream()
            .collect(
                Collectors.toMap(
                    StringStringEntryProto::getKey,
                    StringStringEntryProto::getValue,
                    (one, other) -> one));
    Path beside = beside(facts.getOrDefault("location", ""));
    long offset = number(facts.getOrDefault("offset", "0"));
    long length = number(facts.getOrDefault("length", String.valueOf(wanted)));
    try (FileBytes bytes = FileBytes.open(beside)) {
      if (length != wanted || wanted > Integer.MAX_VALUE - 8 || offset > bytes.size() - wanted) {
        throw broken(
            "should be %d bytes from %d on in %s, which has %d"
                .formatted(wanted, offset, beside, bytes.size()));
      }
      return ByteBuffer.wrap(bytes.head(offset, (int) wanted));
    }
  }

  private Path beside(String location) {
    return inside(file, location)
        .orElseThrow(
            () -> broken("is in the file '" + location + "', which is not in the model's folder"));
  }

  /** A file that a model names; empty if it is not in the model's folder. */
  static Optional<Path> inside(Path file, String location) {
    try {
      boolean inside =
          !location.isEmpty()
              && !Path.of(location).isAbsolute()
              && location.indexOf('\\') < 0
              && Arrays.stream(location.split("/", -1))
                  .noneMatch(part -> part.isEmpty() || part.equals("."));
      if (inside && Arrays.stream(location.split("/", -1)).noneMatch(".."::equals)) {
        return Optional.of(file.resolveSibling(location));
      }
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private long number(String text) {
    if (!text.matches("\\d{1,18}")) {
      throw broken("has the offset or length '" + text + "'");
    }
    return Long.parseLong(text);
  }

  /** Whole numbers; empty if the elements are of another type, or too many for a shape. */
  Optional<long[]> numbers() {
    boolean whole = dtype().filter(type -> type == Dtype.I64 || type == Dtype.I32).isPresent();
    if (!whole || size(dtype().get()) > (long) MOST_NUMBERS * Long.BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = bytes();
    long[] numbers = new long[bytes.remaining() / dtype().get().bytes()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = dtype().get() == Dtype.I64 ? bytes.getLong() : bytes.getInt();
    }
    return Optional.of(numbers);
  }

  /** Whether its elements are of a type that weights have. */
  boolean isWeight() {
    return dtype().filter(Dtype::isFloatingPoint).isPresent();
  }

  /** Whether it has a number for each pair of places, or for each head and place. */
  boolean isTable() {
    long dimensions = shape().stream().filter(size -> size > 1).count();
    return dimensions > 1 || (dimensions == 1 && isWeight());
  }

  /** The first number, if each row of the whole numbers counts from there on, one by one. */
  Optional<Long> firstOfCount() {
    boolean whole = dtype().filter(type -> type == Dtype.I64 || type == Dtype.I32).isPresent();
    if (!whole || shape().contains(0L)) {
      return Optional.empty();
    }
    long row = shape().isEmpty() ? 1 : shape().get(shape().size() - 1);
    ByteBuffer bytes = bytes();
    boolean wide = dtype().get() == Dtype.I64;
    long first = wide ? bytes.getLong(0) : bytes.getInt(0);
    for (long i = 0; bytes.hasRemaining(); i++) {
      long number = wide ? bytes.getLong() : bytes.getInt();
      if (number != first + i % row) {
        return Optional.empty();
      }
    }
    return Optional.of(first);
  }

  /** The one number of a scalar, as it would be written in decimal digits. */
  Optional<Double> scalar() {
    int digits = dtype().map(DIGITS::get).orElse(0);
    return value()
        .map(
            number ->
                digits == 0 || !Double.isFinite(number)
                    ? number
                    : BigDecimal.valueOf(number).round(new MathContext(digits)).doubleValue());
  }

  /** Whether this is a scalar that equals a number, or nearly so, after rounding to its type. */
  boolean isAbout(double wanted) {
    double tolerance =
        switch (dtype().orElse(Dtype.F32)) {
          case F16 -> 1e-3;
          case BF16 -> 8e-3;
          default -> 1e-4;
        };
    return value().filter(number -> Math.abs(number - wanted) < tolerance * wanted).isPresent();
  }

  /** The number of a scalar; empty if it is not a scalar. */
  Optional<Double> value() {
    boolean one = shape().stream().allMatch(dimension -> dimension == 1);
    if (!one || dtype().isEmpty()) {
      return Optional.empty();
    }
    return switch (dtype().get()) {
      case F32 -> Optional.of(Double.valueOf(Float.toString(bytes().getFloat())));
      case F64 -> Optional.of(bytes().getDouble());
      case I64 -> Optional.of((double) bytes().getLong());
      case I32 -> Optional.of((double) bytes().getInt());
      case F16 -> Optional.of(half(bytes().getShort()));
      case BF16 -> Optional.of((double) Float.intBitsToFloat(bytes().getShort() << 16));
      default -> Optional.empty();
    };
  }

  private static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    double fraction = bits & 0x3ff;
    double size =
        exponent == 0
            ? Math.scalb(fraction, -24)
            : exponent < 31
                ? Math.scalb(1024 + fraction, exponent - 25)
                : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    return bits < 0 ? -size : size;
  }

  private InvalidInputException broken(String what) {
    return InvalidInputException.of("%s: the tensor %s %s", file, Quoted.name(name), what);
  }
}

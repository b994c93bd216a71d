package org.ptuning4j.server.inference.grpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.inference.NamedTensor;
import org.ptuning4j.server.inference.TensorType;
import org.ptuning4j.server.inference.grpc.protocol.InferTensorContents;
import org.ptuning4j.server.inference.grpc.protocol.ModelInferRequest;
import org.ptuning4j.server.inference.grpc.protocol.ModelInferResponse;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Tensors of the protocol's messages: typed contents, or raw bytes in the order of the tensors.
 *
 * @param limits as they are at present
 */
record GrpcTensors(Limits limits) {

  /** In front of each text of raw contents. */
  private static final int LENGTH_BYTES = Integer.BYTES;

  /** The tensors of a request. */
  List<NamedTensor> read(ModelInferRequest request) {
    int raw = request.getRawInputContentsCount();
    if (raw != 0 && raw != request.getInputsCount()) {
      throw bad(
          "raw_input_contents", raw + " are there for " + request.getInputsCount() + " inputs");
    }
    if (request.getInputsCount() > limits.of(Limit.INPUTS)) {
      throw tooLarge("inputs", "there are " + request.getInputsCount() + " tensors");
    }
    List<NamedTensor> tensors = new ArrayList<>();
    for (int i = 0; i < request.getInputsCount(); i++) {
      ModelInferRequest.InferInputTensor input = request.getInputs(i);
      String place = "inputs[" + i + "]";
      TensorType type = type(place, input.getDatatype());
      List<Object> values =
          raw > 0
              ? raw(place, type, input.getDatatype(), request.getRawInputContents(i))
              : values(place, type, input.getContents());
      requireShape(place, input.getShapeList(), values.size());
      tensors.add(new NamedTensor(input.getName(), type, values));
    }
    return tensors;
  }

  private static TensorType type(String place, String datatype) {
    return switch (datatype) {
      case "BYTES" -> TensorType.BYTES;
      case "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32" -> TensorType.INT64;
      default ->
          throw ProblemDetails.ofValue(
                  ProblemKind.BAD_REQUEST,
                  place + ".datatype",
                  datatype,
                  "BYTES is expected, or a kind of INT")
              .exception();
    };
  }

  private List<Object> values(String place, TensorType type, InferTensorContents contents) {
    List<Object> values = new ArrayList<>();
    if (type == TensorType.BYTES) {
      contents.getBytesContentsList().forEach(each -> values.add(text(place, each)));
    } else {
      contents.getIntContentsList().forEach(each -> values.add((long) each));
      values.addAll(contents.getInt64ContentsList());
      contents.getUintContentsList().forEach(each -> values.add(Integer.toUnsignedLong(each)));
    }
    return values;
  }

  /** Texts with their lengths in front, or numbers of the type's size; little-endian. */
  private List<Object> raw(String place, TensorType type, String datatype, ByteString content) {
    ByteBuffer bytes = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    List<Object> values = new ArrayList<>();
    while (bytes.hasRemaining()) {
      if (type == TensorType.BYTES) {
        int length = bytes.remaining() < LENGTH_BYTES ? -1 : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
          throw bad(place, "its raw contents end within a text");
        }
        values.add(text(place, content.substring(bytes.position(), bytes.position() + length)));
        bytes.position(bytes.position() + length);
      } else {
        values.add(number(place, datatype, bytes));
      }
    }
    return values;
  }

  private static long number(String place, String datatype, ByteBuffer bytes) {
    int size = Integer.parseInt(datatype.replaceAll("\\D", "")) / Byte.SIZE;
    if (bytes.remaining() < size) {
      throw bad(place, "its raw contents end within a number");
    }
    return switch (datatype) {
      case "INT8" -> bytes.get();
      case "INT16" -> bytes.getShort();
      case "INT32" -> bytes.getInt();
      case "UINT8" -> Byte.toUnsignedLong(bytes.get());
      case "UINT16" -> Short.toUnsignedLong(bytes.getShort());
      case "UINT32" -> Integer.toUnsignedLong(bytes.getInt());
      default -> bytes.getLong();
    };
  }

  private String text(String place, ByteString content) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(content.asReadOnlyByteBuffer()).toString();
      if (text.length() > limits.of(Limit.TEXT_LENGTH)) {
        throw tooLarge(place, "a text has " + text.length() + " characters");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw bad(place, "a text is not valid UTF-8");
    }
  }

  /** One value a row: {@code [n]}, or {@code [n, 1]}. */
  private static void requireShape(String place, List<Long> shape, int count) {
    boolean right =
        (shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1)) && shape.get(0) == count;
    if (!right) {
      throw ProblemDetails.ofValue(
              ProblemKind.BAD_REQUEST,
              place + ".shape",
              shape,
              "[n] or [n, 1] is expected with n values, and there are " + count)
          .exception();
    }
  }

  /** The tensors of a reply, in the form in which the request's were. */
  static void write(List<NamedTensor> tensors, boolean raw, ModelInferResponse.Builder response) {
    for (NamedTensor tensor : tensors) {
      ModelInferResponse.InferOutputTensor.Builder output =
          ModelInferResponse.InferOutputTensor.newBuilder()
              .setName(tensor.name())
              .setDatatype(tensor.type().name())
              .addShape(tensor.values().size());
      if (raw) {
        response.addRawOutputContents(raw(tensor));
      } else {
        output.setContents(contents(tensor));
      }
      response.addOutputs(output);
    }
  }

  private static InferTensorContents contents(NamedTensor tensor) {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (Object value : tensor.values()) {
      switch (tensor.type()) {
        case BYTES -> contents.addBytesContents(ByteString.copyFromUtf8(String.valueOf(value)));
        case FP64 -> contents.addFp64Contents(fraction(value));
        case INT64 -> contents.addInt64Contents(whole(value));
      }
    }
    return contents.build();
  }

  private static ByteString raw(NamedTensor tensor) {
    ByteString all = ByteString.EMPTY;
    for (Object value : tensor.values()) {
      all =
          all.concat(
              switch (tensor.type()) {
                case BYTES -> {
                  ByteString text = ByteString.copyFromUtf8(String.valueOf(value));
                  yield ByteString.copyFrom(little(LENGTH_BYTES).putInt(text.size()).flip())
                      .concat(text);
                }
                case FP64 ->
                    ByteString.copyFrom(little(Double.BYTES).putDouble(fraction(value)).flip());
                case INT64 -> ByteString.copyFrom(little(Long.BYTES).putLong(whole(value)).flip());
              });
    }
    return all;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static double fraction(Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** A number that there is none of is the smallest one: the protocol has no other way. */
  private static long whole(Object value) {
    return value instanceof Number number ? number.longValue() : Long.MIN_VALUE;
  }

  private static ProblemException bad(String field, String detail) {
    return ProblemDetails.ofField(ProblemKind.BAD_REQUEST, field, detail).exception();
  }

  private static ProblemException tooLarge(String field, String detail) {
    return ProblemDetails.ofField(
            ProblemKind.TOO_LARGE, field, detail + "; that is more than the server reads")
        .exception();
  }
}

package org.ptuning4j.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/** The files beside an ONNX file that hold its weights. The weights themselves are not read. */
public final class ExternalFiles {

  /** The parts of a file in which tensors are. */
  private enum Part {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    FACT
  }

  /** What each part's fields hold, by their numbers. */
  private static final Map<Part, Map<Integer, Part>> FIELDS =
      Map.of(
          Part.MODEL, Map.of(7, Part.GRAPH),
          Part.GRAPH, Map.of(1, Part.NODE, 5, Part.TENSOR),
          Part.NODE, Map.of(5, Part.ATTRIBUTE),
          Part.ATTRIBUTE, Map.of(5, Part.TENSOR),
          Part.TENSOR, Map.of(13, Part.FACT));

  private final Set<String> locations = new TreeSet<>();

  private ExternalFiles() {}

  /**
   * The files that a model names, in the order of their names. Files outside the model's folder are
   * left out, and so is everything behind damaged bytes: whatever reads the model refuses both.
   *
   * @throws InvalidInputException if the file cannot be read
   */
  public static List<Path> of(Path file) {
    ExternalFiles found = new ExternalFiles();
    try (InputStream stream = Files.newInputStream(file)) {
      CodedInputStream in = CodedInputStream.newInstance(stream);
      found.read(in, Part.MODEL);
    } catch (InvalidProtocolBufferException e) {
      // A damaged file, or one that is no model, is refused where the model is read.
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + FailureReason.of(e), e);
    }
    return found.locations.stream()
        .map(location -> OnnxConstant.inside(file, location))
        .flatMap(Optional::stream)
        .toList();
  }

  private void read(CodedInputStream in, Part part) throws IOException {
    Map<Integer, Part> fields = FIELDS.get(part);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      Part inner = fields.get(WireFormat.getTagFieldNumber(tag));
      if (inner == null || WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        in.skipField(tag);
        continue;
      }
      int outer = in.pushLimit(in.readRawVarint32());
      if (inner == Part.FACT) {
        StringStringEntryProto fact =
            StringStringEntryProto.parseFrom(in, ExtensionRegistryLite.getEmptyRegistry());
        if (fact.getKey().equals("location")) {
          locations.add(fact.getValue());
        }
      } else {
        read(in, inner);
      }
      in.popLimit(outer);
    }
  }
}

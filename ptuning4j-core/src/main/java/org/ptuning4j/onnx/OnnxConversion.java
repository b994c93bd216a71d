package org.ptuning4j.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.AtomicFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorMemory;

/**
 * Turns an encoder that was exported to ONNX into a folder of the Hugging Face layout: {@code
 * config.json}, {@code model.safetensors} and {@code tokenizer.json}. Weights keep their type and
 * their bits. A head for masked words stays; one for a task is left out.
 */
public final class OnnxConversion {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LARGEST_TOKENIZER = 512L << 20;

  private OnnxConversion() {}

  /**
   * Writes the folder's files.
   *
   * @param model the ONNX file
   * @param tokenizer its {@code tokenizer.json}, whatever it is called
   * @param folder where to write; it is there, and empty
   * @throws InvalidInputException if the graph is not recognised as a BERT, a RoBERTa or a
   *     DistilBERT; the message says what is in the way, a fused or quantised operator by its name
   * @throws UncheckedIOException if the folder cannot be written
   */
  public static void write(Path model, Path tokenizer, Path folder) {
    RecognisedEncoder encoder = RecognisedEncoder.of(OnnxGraph.read(model));
    JsonNode tokens = readTokenizer(tokenizer);
    Map<String, Object> config = encoder.config(padding(tokens));
    ObjectWriter pretty = JSON.writerWithDefaultPrettyPrinter();
    AtomicFile.write(
        folder.resolve("config.json"), out -> out.write(pretty.writeValueAsBytes(config)));
    AtomicFile.write(folder.resolve("tokenizer.json"), out -> Files.copy(tokenizer, out));
    Torch.start();
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = new LinkedHashMap<>();
          encoder.weights().forEach((name, weight) -> tensors.put(name, tensor(weight)));
          SafetensorsWriter.write(
              folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        });
  }

  /** {@code [out, in]}, as checkpoints have it. */
  private static Tensor tensor(ExportedWeight weight) {
    ByteBuffer bytes = weight.constant().bytes();
    Dtype type = weight.constant().weightType();
    return Scope.keep(
        () -> {
          long[] shape = weight.constant().shape().stream().mapToLong(Long::longValue).toArray();
          Tensor tensor = TensorMemory.allocate(type, shape);
          TensorMemory.bytes(tensor, 0, bytes.remaining()).put(bytes);
          return weight.transposed() ? tensor.t().contiguous() : tensor;
        });
  }

  private static JsonNode readTokenizer(Path file) {
    try {
      if (Files.size(file) > LARGEST_TOKENIZER) {
        throw InvalidInputException.of("%s: %d bytes is no tokenizer", file, Files.size(file));
      }
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      if (json == null || !json.path("model").isObject()) {
        throw InvalidInputException.of("%s: is no tokenizer.json; it has no model", file);
      }
      return json;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": not valid JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + FailureReason.of(e), e);
    }
  }

  private static long padding(JsonNode tokenizer) {
    for (JsonNode token : tokenizer.path("added_tokens")) {
      String content = token.path("content").asText();
      if (content.equals("[PAD]") || content.equals("<pad>")) {
        return token.path("id").asLong();
      }
    }
    return tokenizer.path("padding").path("pad_id").asLong(0);
  }
}

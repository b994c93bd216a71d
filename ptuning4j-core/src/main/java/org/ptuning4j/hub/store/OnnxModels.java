package org.ptuning4j.hub.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.onnx.ExternalFiles;
import org.ptuning4j.onnx.OnnxConversion;

/** Models in ONNX files, turned into folders once for each content. */
public final class OnnxModels {

  /** What an ONNX file's name begins with, where a model is named. */
  public static final String PREFIX = "onnx:";

  private final FolderStore store;

  /** Models to be kept in a store. */
  public OnnxModels(FolderStore store) {
    this.store = store;
  }

  /**
   * The folder of a model.
   *
   * @param file the ONNX file; its tokenizer.json lies beside it, or in the folder above
   * @throws InvalidInputException if there is no such file or tokenizer, or the graph is not one
   *     that is recognised
   */
  public Path folder(Path file) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("model: there is no file %s; %sFILE names one", file, PREFIX);
    }
    Path tokenizer = tokenizer(file);
    String sha256 = sha256(file, tokenizer);
    String stem = stem(file).replaceAll("[^A-Za-z0-9._-]", "_");
    String key = "onnx--" + stem + "--" + sha256.substring(0, 16);
    return store.get(
        key,
        folder -> {
          OnnxConversion.write(file, tokenizer, folder);
          return new Origin(PREFIX + file.getFileName(), sha256);
        });
  }

  /** One hash of the file, of the files that it names, and of the tokenizer. */
  private static String sha256(Path file, Path tokenizer) {
    List<String> lines = new ArrayList<>(List.of(sha256(file), sha256(tokenizer)));
    for (Path external : ExternalFiles.of(file)) {
      lines.add(Files.isRegularFile(external) ? sha256(external) : "none");
    }
    return DigestUtils.sha256Hex(String.join("\n", lines));
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
  }

  private static Path tokenizer(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    List<Path> candidates =
        List.of(
            folder.resolve(stem(file) + "-tokenizer.json"),
            folder.resolve("tokenizer.json"),
            folder.resolveSibling("tokenizer.json"));
    return candidates.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "model: %s has no tokenizer; looked for %s",
                    file, String.join(", ", Stream.of(candidates).map(String::valueOf).toList())));
  }

  /** The SHA-256 of a file. */
  public static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return DigestUtils.sha256Hex(in);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + FailureReason.of(e), e);
    }
  }
}

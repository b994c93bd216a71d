package org.ptuning4j.hub.maven;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * A jar that holds a model: an ONNX file with its tokenizer, or a folder of the Hugging Face
 * layout. No entry's name is used as a path; no more is unpacked than the archive can hold.
 */
final class ModelArchive {

  /** Weights hardly shrink. What grows more than this is no model. */
  private static final long MOST_GROWTH = 20;

  private static final long ALWAYS_ALLOWED = 64L << 20;
  private static final int MOST_ENTRIES = 100_000;
  private static final int BUFFER = 1 << 16;

  /** The files of a model's folder that are read. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "config\\.json|tokenizer\\.json|tokenizer_config\\.json|special_tokens_map\\.json"
              + "|added_tokens\\.json|vocab\\.(txt|json)|merges\\.txt"
              + "|(model|pytorch_model)[A-Za-z0-9_-]*\\.(safetensors|bin)"
              + "|(model\\.safetensors|pytorch_model\\.bin)\\.index\\.json");

  private static final Pattern WEIGHTS =
      Pattern.compile(".*(\\.safetensors|\\.bin|\\.index\\.json)");

  private final Path file;
  private long left;

  ModelArchive(Path file) {
    this.file = file;
  }

  /**
   * An ONNX model, unpacked.
   *
   * @param model the graph
   * @param tokenizer its tokenizer.json
   */
  record Unpacked(Path model, Path tokenizer) {}

  /**
   * Unpacks what is needed.
   *
   * @param scratch where an ONNX file and its tokenizer go
   * @param folder where a folder's files go
   * @return the ONNX model; empty if the archive holds a folder, which is now in {@code folder}
   * @throws InvalidInputException if there is no model in it, or more than one, or it is damaged
   */
  Optional<Unpacked> unpack(Path scratch, Path folder) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      left = Math.max(ALWAYS_ALLOWED, MOST_GROWTH * Files.size(file));
      List<String> names = names(zip);
      List<String> models = names.stream().filter(name -> name.endsWith(".onnx")).toList();
      if (models.isEmpty()) {
        unpackFolder(zip, names, folder);
        return Optional.empty();
      }
      if (models.size() > 1) {
        throw InvalidInputException.of(
            "%s: holds %d ONNX models (%s); one is expected",
            file.getFileName(), models.size(), String.join(", ", models.subList(0, 2)) + " …");
      }
      Path model = scratch.resolve("model.onnx");
      Path tokenizer = scratch.resolve("tokenizer.json");
      copy(zip, models.get(0), model);
      copy(zip, tokenizer(names, models.get(0)), tokenizer);
      return Optional.of(new Unpacked(model, tokenizer));
    } catch (ZipException e) {
      throw new InvalidInputException(
          file.getFileName() + ": no archive, or a damaged one: " + FailureReason.of(e), e);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          file.getFileName() + ": a damaged archive: a name in it is none", e);
    }
  }

  private List<String> names(ZipFile zip) {
    if (zip.size() > MOST_ENTRIES) {
      throw InvalidInputException.of(
          "%s: %d entries is no model's archive", file.getFileName(), zip.size());
    }
    List<String> names = new ArrayList<>();
    zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).forEach(names::add);
    return names;
  }

  private String tokenizer(List<String> names, String model) {
    String stem = model.substring(0, model.length() - ".onnx".length());
    String folder = model.substring(0, model.lastIndexOf('/') + 1);
    List<String> any = names.stream().filter(name -> name.endsWith("tokenizer.json")).toList();
    for (String wanted : List.of(stem + "-tokenizer.json", folder + "tokenizer.json")) {
      if (any.contains(wanted)) {
        return wanted;
      }
    }
    if (any.size() == 1) {
      return any.get(0);
    }
    throw InvalidInputException.of(
        "%s: holds %s, and no tokenizer (%s-tokenizer.json) for it",
        file.getFileName(), model, stem);
  }

  private void unpackFolder(ZipFile zip, List<String> names, Path folder) throws IOException {
    List<String> parents =
        names.stream()
            .filter(name -> name.equals("config.json") || name.endsWith("/config.json"))
            .map(name -> name.substring(0, name.length() - "config.json".length()))
            .filter(
                parent ->
                    needed(names, parent).stream().anyMatch(n -> WEIGHTS.matcher(n).matches()))
            .toList();
    if (parents.size() != 1) {
      throw InvalidInputException.of(
          "%s: holds %s; an .onnx file with its tokenizer, or one folder with config.json, weights"
              + " and tokenizer is expected",
          file.getFileName(),
          parents.isEmpty() ? "no model" : parents.size() + " folders that look like models");
    }
    for (String name : needed(names, parents.get(0))) {
      copy(zip, name, folder.resolve(name.substring(parents.get(0).length())));
    }
  }

  private static List<String> needed(List<String> names, String parent) {
    return names.stream()
        .filter(name -> name.startsWith(parent))
        .filter(name -> NEEDED.matcher(name.substring(parent.length())).matches())
        .toList();
  }

  /** Copies an entry, as far as the archive's size allows; the checksum is compared. */
  private void copy(ZipFile zip, String name, Path target) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    try (CheckedInputStream in = new CheckedInputStream(stream(zip, entry), new CRC32());
        OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        left -= read;
        if (left < 0) {
          throw InvalidInputException.of(
              "%s: %s unpacks to more than %d times the archive: it is no model",
              file.getFileName(), name, MOST_GROWTH);
        }
        out.write(buffer, 0, read);
      }
      if (in.getChecksum().getValue() != entry.getCrc()) {
        throw InvalidInputException.of(
            "%s: %s is damaged: its checksum is another one", file.getFileName(), name);
      }
    } catch (java.io.EOFException e) {
      throw new InvalidInputException(
          file.getFileName() + ": " + name + " breaks off: the archive is damaged", e);
    }
  }

  private InputStream stream(ZipFile zip, ZipEntry entry) throws IOException {
    InputStream in = entry == null ? null : zip.getInputStream(entry);
    if (in == null) {
      throw InvalidInputException.of("%s: a damaged archive", file.getFileName());
    }
    return in;
  }
}

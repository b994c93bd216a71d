package org.ptuning4j.tensor.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.FileBytes;
import org.ptuning4j.tensor.file.Quoted;
import org.ptuning4j.tensor.file.TensorInfo;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * A checkpoint in several files, found through its index ({@code model.safetensors.index.json} or
 * {@code pytorch_model.bin.index.json}), whose {@code weight_map} says which file beside it holds
 * each tensor.
 */
public final class ShardedTensors implements TensorSource {

  private static final String WEIGHT_MAP = "weight_map";
  private static final long LONGEST_INDEX = 100_000_000;

  /** As many tensors as one file may have; and many times as many files as any model has. */
  static final int MOST_TENSORS = 100_000;

  static final int MOST_SHARDS = 2_000;

  private final Path index;
  private final Map<String, TensorSource> sourceOf;
  private final Set<TensorSource> shards;

  private ShardedTensors(Path index, Map<String, TensorSource> sourceOf) {
    this.index = index;
    this.sourceOf = sourceOf;
    this.shards = new LinkedHashSet<>(sourceOf.values());
  }

  /**
   * Opens an index and all its shards.
   *
   * @throws InvalidInputException if the index is damaged, a shard is missing or is not a plain
   *     name in the index's own folder, or a tensor is not where the index says
   */
  public static ShardedTensors open(Path index) {
    Map<String, String> weightMap = readWeightMap(index);
    Map<String, Path> files = files(index, weightMap);
    Map<String, TensorSource> opened = new LinkedHashMap<>();
    try {
      files.forEach((name, file) -> opened.put(name, Checkpoints.openFile(file)));
      Map<String, TensorSource> sourceOf = new LinkedHashMap<>();
      weightMap.forEach((tensor, file) -> sourceOf.put(tensor, opened.get(file)));
      checkTensors(index, sourceOf);
      return new ShardedTensors(index, sourceOf);
    } catch (RuntimeException e) {
      opened.values().forEach(TensorSource::close);
      throw e;
    }
  }

  private static Map<String, String> readWeightMap(Path index) {
    Map<String, String> weightMap = null;
    try (InputStream in = Files.newInputStream(index);
        JsonParser parser = new JsonFactory().createParser(in)) {
      if (Files.size(index) > LONGEST_INDEX) {
        throw InvalidInputException.of("%s is longer than %d bytes", index, LONGEST_INDEX);
      }
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw InvalidInputException.of("%s is not a JSON object", index);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = parser.currentName().equals(WEIGHT_MAP);
        parser.nextToken();
        if (!found) {
          parser.skipChildren();
        } else if (weightMap == null) {
          weightMap = readNames(index, parser);
        } else {
          throw InvalidInputException.of("%s has %s twice", index, WEIGHT_MAP);
        }
      }
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(index + " does not exist", e);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(index + " is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw FileBytes.unreadable(index, e);
    }
    if (weightMap == null || weightMap.isEmpty()) {
      throw InvalidInputException.of("%s has no %s, or an empty one", index, WEIGHT_MAP);
    }
    return weightMap;
  }

  private static Map<String, String> readNames(Path index, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw InvalidInputException.of("%s: %s is not an object", index, WEIGHT_MAP);
    }
    Map<String, String> names = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String tensor = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw InvalidInputException.of(
            "%s: the file of tensor %s is not a string", index, Quoted.name(tensor));
      }
      if (names.put(tensor, parser.getText()) != null) {
        throw InvalidInputException.of("%s has tensor %s twice", index, Quoted.name(tensor));
      }
      if (names.size() > MOST_TENSORS) {
        throw InvalidInputException.of("%s names more than %d tensors", index, MOST_TENSORS);
      }
    }
    return names;
  }

  private static Map<String, Path> files(Path index, Map<String, String> weightMap) {
    Path folder = index.toAbsolutePath().getParent();
    Map<String, Path> files = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    Set<String> shards = new LinkedHashSet<>(weightMap.values());
    if (shards.size() > MOST_SHARDS) {
      throw InvalidInputException.of(
          "%s names %d files; at most %d are allowed", index, shards.size(), MOST_SHARDS);
    }
    for (String name : shards) {
      if (!isPlainName(name)) {
        throw InvalidInputException.of(
            "%s names the file %s; only names of .safetensors, .bin, .pt or .pth files in its own"
                + " folder are allowed",
            index, Quoted.name(name));
      }
      Path file = folder.resolve(name);
      files.put(name, file);
      if (!Files.isRegularFile(file)) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw InvalidInputException.of(
          "%s names files that are not in its folder: %s", index, Quoted.names(missing));
    }
    return files;
  }

  private static boolean isPlainName(String name) {
    return name.matches("[^/\\\\:\\p{Cntrl}]+\\.(safetensors|bin|pt|pth)");
  }

  private static void checkTensors(Path index, Map<String, TensorSource> sourceOf) {
    List<String> missing = new ArrayList<>();
    sourceOf.forEach(
        (tensor, source) -> {
          if (!source.names().contains(tensor)) {
            missing.add(tensor);
          }
        });
    if (!missing.isEmpty()) {
      throw InvalidInputException.of(
          "%s: these tensors are not in the files where it says: %s", index, Quoted.names(missing));
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(sourceOf.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    return source(name).info(name);
  }

  @Override
  public Tensor read(String name) {
    return source(name).read(name);
  }

  @Override
  public Tensor rows(String name, long first, long count) {
    return source(name).rows(name, first, count);
  }

  @Override
  public void fill(String name, long first, Tensor target) {
    source(name).fill(name, first, target);
  }

  private TensorSource source(String name) {
    TensorSource source = sourceOf.get(name);
    if (source == null) {
      throw InvalidInputException.of("%s has no tensor %s", describe(), Quoted.name(name));
    }
    return source;
  }

  @Override
  public List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(index));
    shards.forEach(shard -> files.addAll(shard.files()));
    return files;
  }

  @Override
  public String describe() {
    return index.toString();
  }

  @Override
  public void close() {
    shards.forEach(TensorSource::close);
  }
}

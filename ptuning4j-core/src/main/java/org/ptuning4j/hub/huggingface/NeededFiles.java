package org.ptuning4j.hub.huggingface;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.ptuning4j.InvalidInputException;

/** Which of a repository's files a model is loaded from. */
final class NeededFiles {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIG = "config.json";
  private static final long LARGEST_INDEX = 64L << 20;

  /** The first that is there is taken; an index stands for the shards that it names. */
  private static final List<String> WEIGHTS =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  /**
   * The first of which all are there is taken. The last ones are not read, but said to be there.
   */
  private static final List<List<String>> TOKENIZERS =
      List.of(
          List.of("tokenizer.json"),
          List.of("vocab.txt"),
          List.of("vocab.json", "merges.txt"),
          List.of("cog-pretrain.model"),
          List.of("spm.model"),
          List.of("spiece.model"),
          List.of("sentencepiece.bpe.model"),
          List.of("tokenizer.model"));

  /** Taken where they are there. */
  private static final List<String> BESIDES =
      List.of(
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "1_Pooling/config.json");

  private NeededFiles() {}

  /**
   * What to fetch, except the shards that an index names.
   *
   * @param model for messages
   * @param files what the repository holds; other names than those needed do not matter
   * @throws InvalidInputException if it is not a model that can be loaded
   */
  static List<String> of(HubName model, Set<String> files) {
    if (!files.contains(CONFIG)) {
      throw InvalidInputException.of(
          "model: %s holds no config.json, so it is no model of Hugging Face's format%s",
          model, listing(files));
    }
    String weights =
        WEIGHTS.stream()
            .filter(files::contains)
            .findFirst()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "model: %s holds none of %s%s",
                        model, String.join(", ", WEIGHTS), listing(files)));
    List<String> needed = new ArrayList<>(List.of(CONFIG));
    TOKENIZERS.stream().filter(files::containsAll).findFirst().ifPresent(needed::addAll);
    BESIDES.stream().filter(files::contains).forEach(needed::add);
    needed.add(weights);
    return needed;
  }

  private static String listing(Set<String> files) {
    int shown = 12;
    List<String> names = files.stream().sorted().limit(shown).toList();
    return names.isEmpty()
        ? "; it is empty"
        : "; it holds " + String.join(", ", names) + (files.size() > shown ? ", …" : "");
  }

  static boolean isIndex(String file) {
    return file.endsWith(".index.json");
  }

  /**
   * The shards that an index names.
   *
   * @param file the index
   * @throws InvalidInputException if it is not an index, or names files outside its folder
   */
  static Set<String> shards(Path file) {
    try {
      if (Files.size(file) > LARGEST_INDEX) {
        throw InvalidInputException.of("%s: %d bytes is no index", file, Files.size(file));
      }
      JsonNode map = JSON.readTree(Files.readAllBytes(file)).path("weight_map");
      if (!map.isObject() || map.isEmpty()) {
        throw InvalidInputException.of("%s: weight_map is missing or empty", file);
      }
      Set<String> shards = new LinkedHashSet<>();
      for (JsonNode shard : map) {
        if (!shard.isTextual() || !isInside(shard.textValue())) {
          throw InvalidInputException.of(
              "%s: weight_map names %s, which is no file within the model's folder", file, shard);
        }
        shards.add(shard.textValue());
      }
      return shards;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": not valid JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** Whether a name, taken from a list of the server's, stays below the folder it is put in. */
  static boolean isInside(String name) {
    return name.length() <= 255
        && name.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':')
        && Arrays.stream(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  /** Whether a folder holds all that a model is loaded from. */
  static boolean areIn(Path folder) {
    Predicate<String> there = name -> Files.isRegularFile(folder.resolve(name));
    Optional<String> weights = WEIGHTS.stream().filter(there).findFirst();
    if (weights.isEmpty()
        || !there.test(CONFIG)
        || TOKENIZERS.stream().noneMatch(files -> files.stream().allMatch(there))) {
      return false;
    }
    try {
      return !isIndex(weights.get())
          || shards(folder.resolve(weights.get())).stream().allMatch(there);
    } catch (InvalidInputException e) {
      return false; // It is fetched again, and what is wrong is said then.
    }
  }
}

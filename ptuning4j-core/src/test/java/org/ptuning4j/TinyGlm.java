package org.ptuning4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A GLM of two layers with random weights, and a tokenizer in the files that the large GLM has: the
 * words in {@code vocab.txt}, the tokens of blanks in {@code added_tokens.json}.
 */
public final class TinyGlm {

  private static final List<String> WORDS =
      List.of(
          "[PAD]",
          "[UNK]",
          "[CLS]",
          "[SEP]",
          "[MASK]",
          ".",
          "?",
          ":",
          ",",
          "tsinghua",
          "university",
          "is",
          "located",
          "in",
          "beijing",
          "shanghai",
          "one",
          "minus",
          "equals",
          "zero",
          "it",
          "correct",
          "answer",
          "yes",
          "no",
          "the",
          "quick",
          "brown",
          "fox",
          "jumps",
          "over",
          "a",
          "lazy",
          "dog",
          "france",
          "capital",
          "pizza",
          "new",
          "york",
          "was",
          "good",
          "bad",
          "##s",
          "very");

  private static final List<String> BLANKS =
      List.of("<|startofpiece|>", "<|endofpiece|>", "[gMASK]", "[sMASK]");

  private TinyGlm() {}

  /** The id of a token. */
  public static int id(String token) {
    int word = WORDS.indexOf(token);
    return word >= 0 ? word : WORDS.size() + BLANKS.indexOf(token);
  }

  /** The ids of tokens, set apart by spaces. */
  public static int[] ids(String tokens) {
    return Stream.of(tokens.split(" ")).mapToInt(TinyGlm::id).toArray();
  }

  /** Writes model and tokenizer into a folder below another. */
  public static Path write(Path parent) {
    Path folder = new TinyFamily("glm").write(parent).path();
    tokenizer(folder, BLANKS);
    return folder;
  }

  /** Writes the tokenizer with some of the tokens of blanks. */
  public static void tokenizer(Path folder, List<String> blanks) {
    try {
      for (String file :
          List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.writeString(
          folder.resolve("vocab.txt"), String.join("\n", WORDS) + "\n", StandardCharsets.UTF_8);
      Map<String, Integer> added = new LinkedHashMap<>();
      List<String> all = new ArrayList<>(blanks);
      IntStream.range(0, all.size()).forEach(i -> added.put(all.get(i), WORDS.size() + i));
      Files.writeString(
          folder.resolve("added_tokens.json"),
          added.entrySet().stream()
              .map(token -> "\"%s\": %d".formatted(token.getKey(), token.getValue()))
              .collect(Collectors.joining(", ", "{", "}")),
          StandardCharsets.UTF_8);
      Files.writeString(
          folder.resolve("tokenizer_config.json"),
          "{\"tokenizer_class\": \"GLMBertTokenizer\", \"do_lower_case\": true}",
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

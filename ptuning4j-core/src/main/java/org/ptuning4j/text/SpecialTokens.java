package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;

/**
 * The tokens with a role. A role's token is looked for in tokenizer_config.json, then in
 * special_tokens_map.json, then among the conventional spellings; it counts only if the vocabulary
 * has it.
 *
 * @param pad pads batches; 0 where the files name none
 * @param mask stands for what is to be filled in
 * @param cls starts a text and stands for all of it
 * @param sep separates and ends texts
 * @param unknown stands for what the vocabulary cannot spell
 * @param end ends a text that a model writes
 * @param steering all tokens with a role that the files name, the first and the last of a text
 *     among them
 */
record SpecialTokens(
    int pad,
    OptionalInt mask,
    OptionalInt cls,
    OptionalInt sep,
    OptionalInt unknown,
    OptionalInt end,
    Set<Integer> steering) {

  /** Tokens that steer models which fill blanks, and that no file gives a role. */
  static final List<String> INFILLING =
      List.of("[sMASK]", "[gMASK]", "<|startofpiece|>", "<|endofpiece|>", "<extra_id_0>");

  static SpecialTokens find(Path folder, Vocabulary vocabulary, JsonNode model) {
    List<ObjectNode> settings = settings(folder);
    OptionalInt pad = find(settings, vocabulary, "pad_token", "[PAD]", "<pad>");
    // <s> and </s> are also the first and last token of decoders, which have no mask.
    boolean masked = vocabulary.contains("<mask>");
    String unknown = model.path("unk_token").asText("[UNK]");
    OptionalInt mask = find(settings, vocabulary, "mask_token", "[MASK]", "<mask>");
    OptionalInt cls = find(settings, vocabulary, "cls_token", "[CLS]", masked ? "<s>" : "[CLS]");
    OptionalInt sep = find(settings, vocabulary, "sep_token", "[SEP]", masked ? "</s>" : "[SEP]");
    OptionalInt unk = find(settings, vocabulary, "unk_token", unknown, "<unk>");
    OptionalInt first = find(settings, vocabulary, "bos_token", "<s>");
    OptionalInt last = find(settings, vocabulary, "eos_token", "</s>", "<|endoftext|>");
    return new SpecialTokens(
        pad.isPresent() ? pad.getAsInt() : padOfModel(folder, vocabulary),
        mask,
        cls,
        sep,
        unk,
        last,
        Stream.concat(
                Stream.of(pad, mask, cls, sep, unk, first, last),
                INFILLING.stream().filter(vocabulary::contains).map(vocabulary::id))
            .flatMapToInt(OptionalInt::stream)
            .boxed()
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** The files that name special tokens, those that count most first. */
  static List<ObjectNode> settings(Path folder) {
    List<ObjectNode> settings = new ArrayList<>();
    for (String file : List.of("tokenizer_config.json", "special_tokens_map.json")) {
      settings.add(JsonFile.readIfPresent(folder.resolve(file)));
    }
    return settings;
  }

  /** The token that the settings name for a role, written as a string or as an object. */
  static Optional<String> named(List<ObjectNode> settings, String role) {
    for (ObjectNode setting : settings) {
      JsonNode value = setting.path(role);
      JsonNode content = value.isObject() ? value.path("content") : value;
      if (content.isTextual()) {
        return Optional.of(content.textValue());
      }
    }
    return Optional.empty();
  }

  private static OptionalInt find(
      List<ObjectNode> settings, Vocabulary vocabulary, String role, String... conventional) {
    Optional<String> named = named(settings, role).filter(vocabulary::contains);
    if (named.isPresent()) {
      return vocabulary.id(named.get());
    }
    for (String token : conventional) {
      if (vocabulary.contains(token)) {
        return vocabulary.id(token);
      }
    }
    return OptionalInt.empty();
  }

  private static int padOfModel(Path folder, Vocabulary vocabulary) {
    Path file = folder.resolve("config.json");
    JsonNode pad = JsonFile.readIfPresent(file).path("pad_token_id");
    if (!pad.isInt()) {
      return 0;
    }
    // Some decoders write -1 for "none".
    if (pad.intValue() >= vocabulary.size()) {
      throw InvalidInputException.of(
          "%s: pad_token_id is %d, but the vocabulary ends at id %d",
          file, pad.intValue(), vocabulary.size() - 1);
    }
    return Math.max(pad.intValue(), 0);
  }
}

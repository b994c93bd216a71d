package org.ptuning4j.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * Builds a byte-level BPE tokenizer from vocab.json and merges.txt. The vocabulary tells the
 * family: with {@code <s>}, {@code </s>} and {@code <mask>} it is RoBERTa's, with {@code [CLS]},
 * {@code [SEP]} and {@code [MASK]} DeBERTa's, else GPT-2's; GLM adds its special tokens to one of
 * these.
 */
final class ByteLevelVocabulary {

  private static final List<String> CONVENTIONAL =
      List.of(
          "<s>",
          "<pad>",
          "</s>",
          "<unk>",
          "[PAD]",
          "[CLS]",
          "[SEP]",
          "[UNK]",
          "[MASK]",
          "<|endoftext|>");

  private static final List<String> ROLES =
      List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token");

  /** One token in so many may look like the end of a word. */
  private static final int MOST_MARKED = 20;

  private ByteLevelVocabulary() {}

  static ObjectNode read(Path folder, Path vocabularyFile, Path mergesFile) {
    ObjectNode vocabulary = JsonFile.read(vocabularyFile);
    requireByteLevel(vocabulary, vocabularyFile);
    List<ObjectNode> settings = SpecialTokens.settings(folder);
    boolean prefixSpace = settings.get(0).path("add_prefix_space").asBoolean(false);
    ObjectNode json =
        JsonFile.parse(
            """
            {"version": "1.0",
             "model": {"type": "BPE", "dropout": null, "unk_token": null,
                       "continuing_subword_prefix": "", "end_of_word_suffix": "",
                       "fuse_unk": false},
             "normalizer": null,
             "pre_tokenizer": {"type": "ByteLevel", "trim_offsets": true, "use_regex": true},
             "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true,
                         "use_regex": true}}
            """);
    ObjectNode model = (ObjectNode) json.get("model");
    model.set("vocab", vocabulary);
    model.set("merges", merges(mergesFile));
    ((ObjectNode) json.get("pre_tokenizer")).put("add_prefix_space", prefixSpace);
    AddedTokens added = added(folder, settings, vocabulary);
    json.set(
        "post_processor",
        fillsBlanks(vocabulary, added)
            ? BlankProcessing.of(added.ids(), settings, vocabularyFile)
            : processor(settings, vocabulary, prefixSpace, vocabularyFile));
    json.set("added_tokens", added.json());
    return json;
  }

  /** Other BPE vocabularies have the same files, and mark the ends of words. */
  private static void requireByteLevel(ObjectNode vocabulary, Path file) {
    long marked =
        vocabulary.properties().stream().filter(token -> token.getKey().endsWith("</w>")).count();
    if (marked > vocabulary.size() / MOST_MARKED) {
      throw InvalidInputException.of(
          "%s: %d of %d tokens end with </w>, so this is no byte-level BPE as RoBERTa and GPT-2"
              + " have it; such a tokenizer needs its tokenizer.json",
          file, marked, vocabulary.size());
    }
  }

  private static ArrayNode merges(Path file) {
    ArrayNode merges = JsonFile.object().arrayNode();
    String text = new String(JsonFile.bytes(file), StandardCharsets.UTF_8);
    String[] lines = text.replace("\r\n", "\n").split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].isEmpty() || lines[i].startsWith("#version")) {
        continue;
      }
      String[] pair = lines[i].split(" ", -1);
      if (pair.length != 2 || pair[0].isEmpty() || pair[1].isEmpty()) {
        throw InvalidInputException.of(
            "%s: line %d is '%s'; two tokens with one space between them are needed",
            file, i + 1, lines[i]);
      }
      merges.addArray().add(pair[0]).add(pair[1]);
    }
    return merges;
  }

  private static ObjectNode processor(
      List<ObjectNode> settings, ObjectNode vocabulary, boolean prefixSpace, Path file) {
    if (hasAll(vocabulary, "<s>", "</s>", "<mask>")) {
      ObjectNode processor = JsonFile.object().put("type", "RobertaProcessing");
      processor.putArray("cls").add("<s>").add(vocabulary.get("<s>"));
      processor.putArray("sep").add("</s>").add(vocabulary.get("</s>"));
      boolean trims = settings.get(0).path("trim_offsets").asBoolean(true);
      return processor.put("trim_offsets", trims).put("add_prefix_space", prefixSpace);
    }
    if (hasAll(vocabulary, "[CLS]", "[SEP]", "[MASK]")) {
      ObjectNode processor = JsonFile.object().put("type", "BertProcessing");
      processor.putArray("cls").add("[CLS]").add(vocabulary.get("[CLS]"));
      processor.putArray("sep").add("[SEP]").add(vocabulary.get("[SEP]"));
      return processor;
    }
    if (settings.get(0).path("add_bos_token").asBoolean(false)) {
      return startToken(settings, vocabulary, file);
    }
    return JsonFile.parse(
        """
        {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false}
        """);
  }

  /**
   * Whether it is GLM's with GPT-2's vocabulary; with RoBERTa's it has RoBERTa's special tokens.
   */
  private static boolean fillsBlanks(ObjectNode vocabulary, AddedTokens added) {
    return added.ids().containsKey("<|startofpiece|>") && !vocabulary.has("<mask>");
  }

  private static boolean hasAll(ObjectNode vocabulary, String... tokens) {
    return List.of(tokens).stream().allMatch(vocabulary::has);
  }

  /** Some decoders start each text with a token, as their configuration says. */
  private static ObjectNode startToken(
      List<ObjectNode> settings, ObjectNode vocabulary, Path file) {
    String token = SpecialTokens.named(settings, "bos_token").orElse("<|endoftext|>");
    if (!vocabulary.has(token)) {
      throw InvalidInputException.of(
          "%s: tokenizer_config.json sets add_bos_token, but the vocabulary lacks the token '%s'",
          file, token);
    }
    ObjectNode processor =
        JsonFile.parse(
            """
            {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "bos", "type_id": 0}},
                        {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"SpecialToken": {"id": "bos", "type_id": 0}},
                      {"Sequence": {"id": "A", "type_id": 0}},
                      {"SpecialToken": {"id": "bos", "type_id": 1}},
                      {"Sequence": {"id": "B", "type_id": 1}}]}
            """);
    ObjectNode bos = processor.putObject("special_tokens").putObject("bos").put("id", "bos");
    bos.putArray("ids").add(vocabulary.get(token));
    bos.putArray("tokens").add(token);
    return processor;
  }

  private static AddedTokens added(Path folder, List<ObjectNode> settings, ObjectNode vocabulary) {
    List<String> tokens = new ArrayList<>(CONVENTIONAL);
    ROLES.forEach(role -> SpecialTokens.named(settings, role).ifPresent(tokens::add));
    AddedTokens added = new AddedTokens();
    for (String token : tokens) {
      if (vocabulary.has(token)) {
        added.special(token, vocabulary.get(token).asInt(), false);
      }
    }
    if (vocabulary.has("<mask>")) {
      // RoBERTa's mask takes the space before it along.
      added.special("<mask>", vocabulary.get("<mask>").asInt(), true);
    }
    added.listed(folder);
    return added;
  }
}

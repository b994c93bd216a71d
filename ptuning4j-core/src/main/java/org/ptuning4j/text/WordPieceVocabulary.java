package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;

/** Builds BERT's tokenizer from a bare vocab.txt: one token a line, the line's number is its id. */
final class WordPieceVocabulary {

  /** Tokenizers that also come with a vocab.txt, but put special tokens or split otherwise. */
  private static final Set<String> OTHERS =
      Set.of("MPNetTokenizer", "BertJapaneseTokenizer", "FunnelTokenizer", "RoFormerTokenizer");

  private static final Pattern UPPER_CASE = Pattern.compile("[A-Z]");
  private static final Pattern BRACKETED = Pattern.compile("\\[.*]|<.*>");

  /** Python's white space: Unicode's, and the four separators of ASCII. */
  private static final String AT_WHITESPACE =
      """
      {"type": "Split", "pattern": {"Regex": "[\\\\s\\\\x1c-\\\\x1f]+"},
       "behavior": "Removed", "invert": false}
      """;

  /** What the tokens with a role are called unless the settings say otherwise. */
  private static final Map<String, String> ROLES =
      Map.of(
          "pad_token", "[PAD]",
          "unk_token", "[UNK]",
          "cls_token", "[CLS]",
          "sep_token", "[SEP]",
          "mask_token", "[MASK]");

  private WordPieceVocabulary() {}

  static ObjectNode read(Path folder, Path file) {
    List<ObjectNode> settings = SpecialTokens.settings(folder);
    requireBert(settings.get(0), file);
    ObjectNode vocabulary = vocabulary(file);
    String unknown = token(settings, "unk_token");
    String cls = token(settings, "cls_token");
    String sep = token(settings, "sep_token");
    for (String needed : List.of(unknown, cls, sep)) {
      if (!vocabulary.has(needed)) {
        throw InvalidInputException.of(
            "%s: has no line '%s', which a BERT tokenizer needs; other names belong into"
                + " tokenizer_config.json as unk_token, cls_token and sep_token",
            file, needed);
      }
    }
    ObjectNode json =
        JsonFile.parse(
            """
            {"version": "1.0",
             "model": {"type": "WordPiece", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100},
             "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true}}
            """);
    ((ObjectNode) json.get("model")).put("unk_token", unknown).set("vocab", vocabulary);
    if (isBasic(settings.get(0), folder)) {
      json.set("normalizer", normalizer(settings.get(0), vocabulary));
      json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    } else {
      json.putNull("normalizer");
      json.set("pre_tokenizer", JsonFile.parse(AT_WHITESPACE));
    }
    json.set("post_processor", processor(vocabulary, cls, sep));
    json.set("added_tokens", added(folder, settings, vocabulary).json());
    return json;
  }

  private static void requireBert(ObjectNode config, Path file) {
    String type = config.path("tokenizer_class").asText("").replaceAll("Fast$", "");
    if (OTHERS.contains(type)) {
      throw InvalidInputException.of(
          "%s: tokenizer_config.json names %s; from vocab.txt only BERT's tokenizer is built, so"
              + " this one needs its tokenizer.json",
          file, type);
    }
  }

  /**
   * Whether texts are cleaned, perhaps lower-cased, and split at punctuation before words are cut
   * into pieces, as usual. Without this step ({@code "do_basic_tokenize": false}) they are split at
   * white space and nowhere else, whatever is said of case, accents and Chinese characters: so does
   * {@code BertTokenizer} of Hugging Face's version 4.
   */
  private static boolean isBasic(ObjectNode config, Path folder) {
    JsonNode basic = config.path("do_basic_tokenize");
    JsonNode kept = config.path("never_split");
    Path file = folder.resolve("tokenizer_config.json");
    if (!basic.isBoolean() && !basic.isMissingNode() && !basic.isNull()) {
      throw InvalidInputException.of(
          "%s: do_basic_tokenize is %s; true or false is expected", file, basic);
    }
    if (kept.size() > 0) {
      throw InvalidInputException.of(
          "%s: never_split is %s; with a vocab.txt it is not supported, a tokenizer.json that has"
              + " these words among its added_tokens is needed",
          file, kept);
    }
    return basic.asBoolean(true);
  }

  private static ObjectNode vocabulary(Path file) {
    String text = new String(JsonFile.bytes(file), StandardCharsets.UTF_8);
    String[] lines = text.replace("\r\n", "\n").split("\n", -1);
    int count = text.endsWith("\n") ? lines.length - 1 : lines.length;
    ObjectNode vocabulary = JsonFile.object();
    for (int id = 0; id < count; id++) {
      vocabulary.put(lines[id], id);
    }
    return vocabulary;
  }

  private static String token(List<ObjectNode> settings, String role) {
    return SpecialTokens.named(settings, role).orElse(ROLES.get(role));
  }

  private static ObjectNode normalizer(ObjectNode config, ObjectNode vocabulary) {
    ObjectNode normalizer = JsonFile.object();
    JsonNode lowerCase = config.path("do_lower_case");
    JsonNode accents = config.path("strip_accents");
    normalizer.put("type", "BertNormalizer").put("clean_text", true);
    normalizer.put("handle_chinese_chars", config.path("tokenize_chinese_chars").asBoolean(true));
    normalizer.put(
        "lowercase", lowerCase.isBoolean() ? lowerCase.booleanValue() : uncased(vocabulary));
    if (accents.isBoolean()) {
      normalizer.put("strip_accents", accents.booleanValue());
    } else {
      // Null means: as lowercase says.
      normalizer.putNull("strip_accents");
    }
    return normalizer;
  }

  /** Whether no token but those in brackets, such as [unused1], has an upper-case letter. */
  private static boolean uncased(ObjectNode vocabulary) {
    return vocabulary.properties().stream()
        .map(Map.Entry::getKey)
        .filter(token -> !BRACKETED.matcher(token).matches())
        .noneMatch(token -> UPPER_CASE.matcher(token).find());
  }

  private static ObjectNode processor(ObjectNode vocabulary, String cls, String sep) {
    ObjectNode processor = JsonFile.object().put("type", "BertProcessing");
    processor.putArray("cls").add(cls).add(vocabulary.get(cls));
    processor.putArray("sep").add(sep).add(vocabulary.get(sep));
    return processor;
  }

  private static AddedTokens added(Path folder, List<ObjectNode> settings, ObjectNode vocabulary) {
    AddedTokens added = new AddedTokens();
    for (String role : ROLES.keySet()) {
      String token = token(settings, role);
      if (vocabulary.has(token)) {
        added.special(token, vocabulary.get(token).intValue(), false);
      }
    }
    added.listed(folder);
    return added;
  }
}

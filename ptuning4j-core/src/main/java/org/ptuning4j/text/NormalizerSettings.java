package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What tokenizer_config.json says of case, accents, Chinese characters and the space before the
 * first word, where tokenizer.json says otherwise. The tokenizers of Hugging Face's version 4 put
 * what the settings say in the place of what tokenizer.json says (the constructors of {@code
 * BertTokenizerFast} and {@code RobertaTokenizerFast}); so does this class, for settings that are
 * there. One that is absent changes nothing.
 */
final class NormalizerSettings {

  /** Classes whose constructor looks at the normalizer; none named counts as BERT's own. */
  private static final Set<String> LIKE_BERT =
      Set.of(
          "",
          "BertTokenizer",
          "DistilBertTokenizer",
          "ElectraTokenizer",
          "MobileBertTokenizer",
          "ConvBertTokenizer",
          "LayoutLMTokenizer",
          "SqueezeBertTokenizer",
          "RetriBertTokenizer",
          "LxmertTokenizer",
          "FunnelTokenizer",
          "MPNetTokenizer");

  private static final Set<String> LIKE_ROBERTA =
      Set.of(
          "",
          "RobertaTokenizer",
          "GPT2Tokenizer",
          "LongformerTokenizer",
          "BartTokenizer",
          "DebertaTokenizer",
          "LEDTokenizer",
          "BlenderbotTokenizer");

  private final Path source;
  private final Path settingsFile;
  private final ObjectNode settings;
  private final List<String> notes = new ArrayList<>();

  private NormalizerSettings(Path folder, Path source, ObjectNode settings) {
    this.source = source;
    this.settingsFile = folder.resolve("tokenizer_config.json");
    this.settings = settings;
  }

  /**
   * Applies the settings.
   *
   * @param tokenizer tokenizer.json's content, which is changed where the settings say otherwise
   * @return a sentence on each contradiction and which side was taken
   */
  static List<String> apply(Path folder, Path source, ObjectNode tokenizer) {
    NormalizerSettings settings =
        new NormalizerSettings(folder, source, SpecialTokens.settings(folder).get(0));
    settings.normalizer(tokenizer.path("normalizer"));
    settings.prefixSpace(tokenizer);
    settings.basicStep(tokenizer);
    return List.copyOf(settings.notes);
  }

  private String tokenizerClass() {
    return settings.path("tokenizer_class").asText("").replaceAll("Fast$", "");
  }

  private void normalizer(JsonNode normalizer) {
    if (!(normalizer instanceof ObjectNode bert)
        || !bert.path("type").asText("").equals("BertNormalizer")) {
      return;
    }
    boolean caseChanged = set(bert, "lowercase", "do_lower_case", LIKE_BERT);
    set(bert, "handle_chinese_chars", "tokenize_chinese_chars", LIKE_BERT);
    accents(bert, caseChanged);
  }

  /** Where the settings decide on case and not on accents, these go as case does. */
  private void accents(ObjectNode bert, boolean caseChanged) {
    JsonNode wanted = settings.path("strip_accents");
    if (wanted.isMissingNode() && !caseChanged) {
      return;
    }
    boolean before = stripsAccents(bert);
    boolean strips =
        wanted.isBoolean() ? wanted.booleanValue() : bert.path("lowercase").asBoolean(true);
    if (before == strips) {
      return;
    }
    boolean followed = LIKE_BERT.contains(tokenizerClass());
    if (!wanted.isMissingNode()) {
      notes.add(
          contradiction(
              "strip_accents",
              wanted.toString(),
              "strip_accents " + shown(bert.path("strip_accents")),
              followed));
    }
    if (followed) {
      bert.put("strip_accents", strips);
    }
  }

  /** Null means: as lowercase says. */
  private static boolean stripsAccents(ObjectNode bert) {
    JsonNode own = bert.path("strip_accents");
    return own.isBoolean() ? own.booleanValue() : bert.path("lowercase").asBoolean(true);
  }

  /** Only tokenizers that are made of a vocab.txt take this setting; there and here. */
  private void basicStep(ObjectNode tokenizer) {
    JsonNode basic = settings.path("do_basic_tokenize");
    boolean splits =
        tokenizer.path("pre_tokenizer").path("type").asText("").equals("BertPreTokenizer");
    if (basic.isBoolean() && !basic.booleanValue() && splits) {
      notes.add(
          contradiction("do_basic_tokenize", "false", "pre_tokenizer \"BertPreTokenizer\"", false));
    }
  }

  /** Byte-level BPE: whether the first word is taken as if a space stood before it. */
  private void prefixSpace(ObjectNode tokenizer) {
    if (tokenizer.path("pre_tokenizer") instanceof ObjectNode splitter
        && splitter.path("type").asText("").equals("ByteLevel")
        && set(splitter, "add_prefix_space", "add_prefix_space", LIKE_ROBERTA)
        && tokenizer.path("post_processor") instanceof ObjectNode processor
        && processor.has("add_prefix_space")) {
      processor.set("add_prefix_space", settings.get("add_prefix_space"));
    }
  }

  /** Whether the field had another value than the setting and was changed to it. */
  private boolean set(ObjectNode part, String field, String setting, Set<String> classes) {
    JsonNode wanted = settings.path(setting);
    JsonNode found = part.path(field);
    if (!wanted.isBoolean() || wanted.equals(found)) {
      return false;
    }
    boolean followed = classes.contains(tokenizerClass());
    notes.add(contradiction(setting, wanted.toString(), field + " " + shown(found), followed));
    if (followed) {
      part.set(field, wanted);
    }
    return followed;
  }

  private static String shown(JsonNode found) {
    return found.isMissingNode() ? "not said" : found.toString();
  }

  private String contradiction(String setting, String wanted, String found, boolean followed) {
    return "%s says %s %s, %s says %s; %s is followed%s"
        .formatted(
            settingsFile,
            setting,
            wanted,
            source,
            found,
            (followed ? settingsFile : source).getFileName(),
            followed || tokenizerClass().isEmpty()
                ? ""
                : ", as its " + settings.path("tokenizer_class").asText() + " does");
  }
}

package org.ptuning4j.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;

/**
 * The special tokens that GLM puts around texts: the first one, what separates two, and the one
 * that ends texts, {@code [CLS] A [SEP] B <|endoftext|>}.
 */
final class BlankProcessing {

  private BlankProcessing() {}

  /**
   * The post-processor.
   *
   * @param ids those of all special tokens
   * @param file is named in errors
   * @throws InvalidInputException if one of the three is missing
   */
  static ObjectNode of(Map<String, Integer> ids, List<ObjectNode> settings, Path file) {
    String first = SpecialTokens.named(settings, "cls_token").orElse("[CLS]");
    String between = SpecialTokens.named(settings, "sep_token").orElse("[SEP]");
    String last = SpecialTokens.named(settings, "eos_token").orElse("<|endoftext|>");
    ObjectNode json = JsonFile.object().put("type", "TemplateProcessing");
    ArrayNode single = json.putArray("single");
    special(single, first, 0);
    text(single, "A", 0);
    special(single, last, 0);
    ArrayNode pair = json.putArray("pair");
    special(pair, first, 0);
    text(pair, "A", 0);
    special(pair, between, 0);
    text(pair, "B", 1);
    special(pair, last, 1);
    ObjectNode tokens = json.putObject("special_tokens");
    for (String token : List.of(first, between, last)) {
      if (!ids.containsKey(token)) {
        throw InvalidInputException.of(
            "%s: the tokens beside it lack '%s'; GLM's tokenizer has it in added_tokens.json",
            file, token);
      }
      ObjectNode entry = tokens.putObject(token).put("id", token);
      entry.putArray("ids").add(ids.get(token));
      entry.putArray("tokens").add(token);
    }
    return json;
  }

  private static void special(ArrayNode template, String token, int type) {
    template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
  }

  private static void text(ArrayNode template, String sequence, int type) {
    template.addObject().putObject("Sequence").put("id", sequence).put("type_id", type);
  }
}

package org.ptuning4j.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.text.SentencePieceModel.Kind;
import org.ptuning4j.text.SentencePieceModel.Piece;
import org.ptuning4j.text.SentencePieceModel.Role;

/**
 * Builds the tokenizer of T5 and its kin from their SentencePiece model {@code spiece.model}, as
 * their published {@code tokenizer.json} has it: a piece's place is its id, sentinels follow, the
 * first of them last, and each text is ended by {@code </s>}. Other families' models of that name
 * begin with other pieces, and are not built here.
 */
final class T5Vocabulary {

  /** The file's name. */
  static final String FILE = "spiece.model";

  private static final List<String> BEGINNING = List.of("<pad>", "</s>", "<unk>");
  private static final String EXTRA_IDS = "extra_ids";
  private static final int SENTINELS = 100;
  private static final int MOST_SENTINELS = 10_000;

  private T5Vocabulary() {}

  /** Whether a model is one of these: by the pieces that it begins with. */
  static boolean is(SentencePieceModel model) {
    return model.kind() == Kind.UNIGRAM
        && model.pieces().stream().limit(3).map(Piece::text).toList().equals(BEGINNING);
  }

  static ObjectNode read(Path folder, Path file, SentencePieceModel model) {
    ObjectNode json = JsonFile.object().put("version", "1.0");
    if (model.characters().length > 0) {
      json.putObject("normalizer")
          .put("type", "Precompiled")
          .put("precompiled_charsmap", Base64.getEncoder().encodeToString(model.characters()));
    }
    ArrayNode steps =
        json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    steps.addObject().put("type", "WhitespaceSplit");
    steps.add(metaspace());
    json.set("decoder", metaspace());
    json.set("model", unigram(model, file));
    json.set("post_processor", ended());
    AddedTokens added = new AddedTokens();
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      if (piece.role() != Role.NORMAL && piece.role() != Role.OTHER) {
        added.special(piece.text(), id, false);
      }
    }
    int sentinels = sentinels(folder);
    for (int i = 0; i < sentinels; i++) {
      added.special("<extra_id_" + i + ">", model.pieces().size() + sentinels - 1 - i, false);
    }
    added.listed(folder);
    json.set("added_tokens", added.json());
    return json;
  }

  private static int sentinels(Path folder) {
    Path file = folder.resolve("tokenizer_config.json");
    int count = JsonFile.readIfPresent(file).path(EXTRA_IDS).asInt(SENTINELS);
    if (count < 0 || count > MOST_SENTINELS) {
      throw InvalidInputException.of(
          "%s: %s is %d; 0 to %d sentinels are expected", file, EXTRA_IDS, count, MOST_SENTINELS);
    }
    return count;
  }

  private static ObjectNode metaspace() {
    return JsonFile.object()
        .put("type", "Metaspace")
        .put("replacement", "\u2581")
        .put("prepend_scheme", "always")
        .put("split", true);
  }

  private static ObjectNode unigram(SentencePieceModel model, Path file) {
    ObjectNode json = JsonFile.object().put("type", "Unigram").put("unk_id", model.unknown(file));
    ArrayNode vocabulary = json.put("byte_fallback", false).putArray("vocab");
    model.pieces().forEach(piece -> vocabulary.addArray().add(piece.text()).add(piece.score()));
    return json;
  }

  private static ObjectNode ended() {
    return JsonFile.parse(
        """
        {"type": "TemplateProcessing",
         "single": [{"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "</s>", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "</s>", "type_id": 0}},
                  {"Sequence": {"id": "B", "type_id": 0}},
                  {"SpecialToken": {"id": "</s>", "type_id": 0}}],
         "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}}
        """);
  }
}

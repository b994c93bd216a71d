package org.ptuning4j.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.text.SentencePieceModel.Kind;
import org.ptuning4j.text.SentencePieceModel.Piece;
import org.ptuning4j.text.SentencePieceModel.Role;

/**
 * Builds the tokenizer of the Chinese GLM from its SentencePiece model {@code cog-pretrain.model}:
 * a piece's place is its id, and the special tokens are those of {@code added_tokens.json}. Models
 * of other families number their pieces otherwise, and are not built here. The pieces are those
 * that SentencePiece gives, but for one: after {@code <n>} in a text a space is read.
 */
final class SentencePieceVocabulary {

  /** The file's name. */
  static final String FILE = "cog-pretrain.model";

  private SentencePieceVocabulary() {}

  static ObjectNode read(Path folder, Path file) {
    SentencePieceModel model = SentencePieceModel.read(file);
    ObjectNode json = JsonFile.object().put("version", "1.0");
    json.set("normalizer", normalizer(model));
    json.set("pre_tokenizer", metaspace(model));
    json.set("decoder", metaspace(model));
    json.set("model", model.kind() == Kind.BPE ? bpe(model, file) : unigram(model, file));
    AddedTokens added = new AddedTokens();
    for (int id = 0; id < model.pieces().size(); id++) {
      if (model.pieces().get(id).role() == Role.USER_DEFINED) {
        added.special(model.pieces().get(id).text(), id, false);
      }
    }
    added.listed(folder);
    json.set(
        "post_processor", BlankProcessing.of(added.ids(), SpecialTokens.settings(folder), file));
    json.set("added_tokens", added.json());
    return json;
  }

  private static ObjectNode normalizer(SentencePieceModel model) {
    ObjectNode sequence = JsonFile.object().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("normalizers");
    if (model.characters().length > 0) {
      steps
          .addObject()
          .put("type", "Precompiled")
          .put("precompiled_charsmap", Base64.getEncoder().encodeToString(model.characters()));
    }
    if (model.trims()) {
      steps.addObject().put("type", "Strip").put("strip_left", true).put("strip_right", true);
      ObjectNode replace = steps.addObject().put("type", "Replace").put("content", " ");
      replace.putObject("pattern").put("Regex", " {2,}");
    }
    return sequence;
  }

  private static ObjectNode metaspace(SentencePieceModel model) {
    return JsonFile.object()
        .put("type", "Metaspace")
        .put("replacement", "\u2581")
        .put("prepend_scheme", model.addsSpace() ? "always" : "never")
        .put("split", true);
  }

  private static ObjectNode unigram(SentencePieceModel model, Path file) {
    ObjectNode json = JsonFile.object().put("type", "Unigram").put("unk_id", model.unknown(file));
    ArrayNode vocabulary = json.put("byte_fallback", false).putArray("vocab");
    model.pieces().forEach(piece -> vocabulary.addArray().add(piece.text()).add(piece.score()));
    return json;
  }

  private static ObjectNode bpe(SentencePieceModel model, Path file) {
    ObjectNode json =
        JsonFile.parse(
            """
            {"type": "BPE", "dropout": null, "continuing_subword_prefix": null,
             "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": false}
            """);
    json.put("unk_token", model.pieces().get(model.unknown(file)).text());
    ObjectNode vocabulary = json.putObject("vocab");
    for (int id = 0; id < model.pieces().size(); id++) {
      vocabulary.put(model.pieces().get(id).text(), id);
    }
    json.set("merges", merges(model));
    return json;
  }

  /** Two pieces that make a third, the best third first. */
  private record Merge(String left, String right, float score, int order, int other) {}

  /**
   * SentencePiece joins whatever two neighbours make the best piece; merges are listed in order.
   */
  private static ArrayNode merges(SentencePieceModel model) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      if (model.pieces().get(id).role() == Role.NORMAL) {
        ids.put(model.pieces().get(id).text(), id);
      }
    }
    List<Merge> merges = new ArrayList<>();
    for (String text : ids.keySet()) {
      Piece whole = model.pieces().get(ids.get(text));
      for (int cut = next(text, 0); cut < text.length(); cut = next(text, cut)) {
        Integer left = ids.get(text.substring(0, cut));
        Integer right = ids.get(text.substring(cut));
        if (left != null && right != null) {
          merges.add(
              new Merge(text.substring(0, cut), text.substring(cut), whole.score(), left, right));
        }
      }
    }
    merges.sort(
        Comparator.comparingDouble(Merge::score)
            .reversed()
            .thenComparingInt(Merge::order)
            .thenComparingInt(Merge::other));
    ArrayNode json = JsonFile.object().arrayNode();
    merges.forEach(merge -> json.addArray().add(merge.left()).add(merge.right()));
    return json;
  }

  private static int next(String text, int at) {
    return at + Character.charCount(text.codePointAt(at));
  }
}

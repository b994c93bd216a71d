package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * What happens to the tokens of one or two texts after truncation: where special tokens go, which
 * type each token gets, and whether byte-level tokens lose the spaces at their edges from their
 * offsets. It is the {@code post_processor} of a tokenizer.json.
 *
 * <p>It runs here and not in the native library because truncation comes before it, and the native
 * library truncates by shared state and ends the whole process where a stride does not fit.
 *
 * @param single the template for one text
 * @param pair the template for two texts
 * @param trims one entry per time that spaces are trimmed from the offsets: whether the tokenizer
 *     puts a space before each text
 */
record PostProcessing(Template single, Template pair, List<Boolean> trims) {

  /** A part of a template. */
  sealed interface Piece {
    /** The type of its tokens. */
    int typeId();
  }

  /** Special tokens. */
  record Special(List<Integer> ids, int typeId) implements Piece {}

  /** The tokens of a text: 0 the first, 1 the second. */
  record Text(int sequence, int typeId) implements Piece {}

  /** The parts of an encoding in their order. */
  record Template(List<Piece> pieces) {

    Template(Piece... pieces) {
      this(List.of(pieces));
    }

    /** How many special tokens it adds. */
    int added() {
      return pieces.stream().mapToInt(p -> p instanceof Special s ? s.ids().size() : 0).sum();
    }

    Template withoutSpecialTokens() {
      return new Template(pieces.stream().filter(p -> p instanceof Text).toList());
    }
  }

  private static final PostProcessing NONE =
      new PostProcessing(
          new Template(new Text(0, 0)), new Template(new Text(0, 0), new Text(1, 1)), List.of());

  /**
   * Reads a post-processor.
   *
   * @throws InvalidInputException when it has another shape than the library's format
   */
  static PostProcessing of(JsonNode node, Path source) {
    if (node.isMissingNode() || node.isNull()) {
      return NONE;
    }
    String type = node.path("type").asText("");
    return switch (type) {
      case "BertProcessing" -> bert(node, source);
      case "RobertaProcessing" -> roberta(node, source);
      case "TemplateProcessing" -> template(node, source);
      case "ByteLevel" -> new PostProcessing(NONE.single, NONE.pair, trims(node));
      case "Sequence" -> sequence(node, source);
      default ->
          throw InvalidInputException.of(
              "%s: post_processor type is '%s'; known are BertProcessing, RobertaProcessing,"
                  + " TemplateProcessing, ByteLevel and Sequence",
              source, type);
    };
  }

  private static PostProcessing bert(JsonNode node, Path source) {
    Special cls = new Special(List.of(idOf(node, "cls", source)), 0);
    List<Integer> sep = List.of(idOf(node, "sep", source));
    Text first = new Text(0, 0);
    return new PostProcessing(
        new Template(cls, first, new Special(sep, 0)),
        new Template(cls, first, new Special(sep, 0), new Text(1, 1), new Special(sep, 1)),
        List.of());
  }

  private static PostProcessing roberta(JsonNode node, Path source) {
    Special cls = new Special(List.of(idOf(node, "cls", source)), 0);
    Special sep = new Special(List.of(idOf(node, "sep", source)), 0);
    Text first = new Text(0, 0);
    return new PostProcessing(
        new Template(cls, first, sep),
        new Template(cls, first, sep, sep, new Text(1, 0), sep),
        trims(node));
  }

  private static PostProcessing template(JsonNode node, Path source) {
    JsonNode specials = node.path("special_tokens");
    return new PostProcessing(
        new Template(pieces(node.path("single"), 1, specials, source)),
        new Template(pieces(node.path("pair"), 2, specials, source)),
        List.of());
  }

  private static List<Piece> pieces(JsonNode parts, int texts, JsonNode specials, Path source) {
    List<Piece> pieces = new ArrayList<>();
    for (JsonNode part : parts) {
      JsonNode special = part.path("SpecialToken");
      JsonNode text = part.path("Sequence");
      if (special.isObject()) {
        pieces.add(
            new Special(
                ids(specials.path(special.path("id").asText("")).path("ids"), part, source),
                typeId(special, source)));
      } else if (text.path("id").asText("").equals("A")) {
        pieces.add(new Text(0, typeId(text, source)));
      } else if (text.path("id").asText("").equals("B") && texts == 2) {
        pieces.add(new Text(1, typeId(text, source)));
      } else {
        throw InvalidInputException.of(
            "%s: post_processor has the piece %s; a SpecialToken or a Sequence with id %s is"
                + " needed",
            source, part, texts == 2 ? "A or B" : "A");
      }
    }
    requireText(pieces, texts, source);
    return pieces;
  }

  private static void requireText(List<Piece> pieces, int texts, Path source) {
    for (int sequence = 0; sequence < texts; sequence++) {
      int wanted = sequence;
      long found =
          pieces.stream().filter(p -> p instanceof Text t && t.sequence() == wanted).count();
      if (found != 1) {
        throw InvalidInputException.of(
            "%s: post_processor's template for %s has sequence %s %d times; it must have it once",
            source, texts == 2 ? "pairs" : "single texts", sequence == 0 ? "A" : "B", found);
      }
    }
  }

  /** Of several processors in a row at most one adds tokens. */
  private static PostProcessing sequence(JsonNode node, Path source) {
    PostProcessing result = NONE;
    for (JsonNode part : node.path("processors")) {
      PostProcessing next = of(part, source);
      boolean adds = !next.single.equals(NONE.single) || !next.pair.equals(NONE.pair);
      if (adds && result.single.added() + result.pair.added() > 0) {
        throw InvalidInputException.of(
            "%s: post_processor has two processors in a row that add special tokens; one is"
                + " supported",
            source);
      }
      List<Boolean> trims = new ArrayList<>(result.trims);
      trims.addAll(next.trims);
      result =
          new PostProcessing(
              adds ? next.single : result.single, adds ? next.pair : result.pair, trims);
    }
    return result;
  }

  private static List<Boolean> trims(JsonNode node) {
    boolean trims = node.path("trim_offsets").asBoolean(true);
    return trims ? List.of(node.path("add_prefix_space").asBoolean(true)) : List.of();
  }

  /** The id in a pair such as {@code ["[CLS]", 101]}. */
  private static int idOf(JsonNode node, String field, Path source) {
    JsonNode id = node.path(field).path(1);
    if (!id.isInt()) {
      throw InvalidInputException.of(
          "%s: post_processor.%s is %s; a token and its id are needed",
          source, field, node.path(field));
    }
    return id.intValue();
  }

  private static List<Integer> ids(JsonNode ids, JsonNode part, Path source) {
    List<Integer> values = new ArrayList<>();
    ids.forEach(
        id -> {
          if (id.isInt()) {
            values.add(id.intValue());
          }
        });
    if (values.isEmpty() || values.size() != ids.size()) {
      throw InvalidInputException.of(
          "%s: post_processor.special_tokens gives no ids for the piece %s", source, part);
    }
    return values;
  }

  private static int typeId(JsonNode piece, Path source) {
    JsonNode type = piece.path("type_id");
    if (!type.isInt() || type.intValue() < 0) {
      throw InvalidInputException.of(
          "%s: post_processor has type_id %s; a whole number from 0 is needed", source, type);
    }
    return type.intValue();
  }
}

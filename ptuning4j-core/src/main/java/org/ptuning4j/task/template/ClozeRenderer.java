package org.ptuning4j.task.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** Makes one row of a template; used once. */
final class ClozeRenderer {

  /** Stands for no field: a token of the template's own. */
  private static final int OWN = -1;

  private final ClozeTemplate template;
  private final ItemEncoder encoder;
  private final TextTokenizer tokenizer;
  private final int maskId;
  private final ClozeFrame frame;

  private final List<Token> tokens = new ArrayList<>();
  private final StringBuilder run = new StringBuilder();
  private final List<Span> spans = new ArrayList<>();
  private int type;
  private int softTokens;
  private int fieldCount;

  ClozeRenderer(ClozeTemplate template, ItemEncoder encoder) {
    this.template = template;
    this.encoder = encoder;
    this.tokenizer = encoder.tokenizer();
    this.maskId =
        tokenizer
            .maskId()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "template \"%s\" needs a mask token, which this model's vocabulary"
                            + " lacks; use a masked language model such as BERT or RoBERTa",
                        template.source()));
    this.frame = ClozeFrame.of(tokenizer, template.isPair());
    this.type = frame.firstType();
  }

  /**
   * A token of the row.
   *
   * @param slot the number of the soft token, or {@link TokenRow#WORD}
   * @param field the number of the field that it may be cut with, or {@link #OWN}
   * @param mask whether it is the template's mask
   */
  private record Token(int id, int type, int slot, int field, boolean mask) {}

  /** Where a field's text lies in a run, the end exclusive. */
  private record Span(int field, int start, int end) {}

  RenderedCloze render(Map<String, String> fields, int masks) {
    add(frame.before());
    for (ClozeTemplate.Part part : template.parts()) {
      if (part instanceof ClozeTemplate.Words words) {
        run.append(words.text());
      } else if (part instanceof ClozeTemplate.Field field) {
        add(field, fields);
      } else {
        endRun();
        addSpecial(part, masks);
      }
    }
    endRun();
    add(frame.after());
    return row(kept());
  }

  private void add(ClozeTemplate.Field field, Map<String, String> fields) {
    String value = fields.get(field.name());
    if (value == null) {
      throw template.missing(field.name(), fields);
    }
    spans.add(new Span(fieldCount++, run.length(), run.length() + value.length()));
    run.append(value);
  }

  private void addSpecial(ClozeTemplate.Part part, int masks) {
    if (part instanceof ClozeTemplate.Soft soft) {
      for (int i = 0; i < soft.count(); i++) {
        tokens.add(new Token(filler(), type, softTokens++, OWN, false));
      }
    } else if (part instanceof ClozeTemplate.Mask) {
      for (int i = 0; i < masks; i++) {
        tokens.add(new Token(maskId, type, TokenRow.WORD, OWN, true));
      }
    } else {
      add(frame.between());
      type = frame.secondType();
    }
  }

  private void add(ClozeFrame.Special special) {
    for (int i = 0; i < special.ids().length; i++) {
      tokens.add(new Token(special.ids()[i], special.types()[i], TokenRow.WORD, OWN, false));
    }
  }

  /** What stands in the ids at a soft token's place: never looked up, and best no mask. */
  private int filler() {
    return tokenizer.unkId().orElse(tokenizer.clsId().orElse(maskId));
  }

  /** Tokenises the words and fields since the last special place. */
  private void endRun() {
    String text = run.toString().stripTrailing();
    Encoding words = tokenizer.encodeWithoutSpecialTokens(text, null, Truncation.none());
    for (int i = 0; i < words.length(); i++) {
      int start = visible(text, words.starts()[i], words.ends()[i]);
      int field = fieldWith(start, words.ends()[i]);
      tokens.add(new Token(words.ids()[i], type, TokenRow.WORD, field, false));
    }
    run.setLength(0);
    spans.clear();
  }

  /** Without the space before its word, which a token may cover and which is another part's. */
  private static int visible(String text, int tokenStart, int end) {
    int start = tokenStart;
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    return start;
  }

  /** The field that all of these characters belong to. */
  private int fieldWith(int start, int end) {
    for (Span span : spans) {
      if (span.start() < span.end() && span.start() <= start && end <= span.end()) {
        return span.field();
      }
    }
    return OWN;
  }

  /** How many tokens of each field stay. */
  private int[] kept() {
    int[] kept = new int[fieldCount];
    for (Token token : tokens) {
      if (token.field() != OWN) {
        kept[token.field()]++;
      }
    }
    for (int excess = tokens.size() - encoder.maxLength(); excess > 0; excess--) {
      int longest = 0;
      for (int field = 1; field < kept.length; field++) {
        longest = kept[field] >= kept[longest] ? field : longest;
      }
      if (kept.length == 0 || kept[longest] == 0) {
        int own = (int) tokens.stream().filter(token -> token.field() == OWN).count();
        throw InvalidInputException.of(
            "template \"%s\": without its fields it has %d tokens (words, soft tokens, masks and"
                + " special tokens), but the longest row is %d tokens",
            template.source(), own, encoder.maxLength());
      }
      kept[longest]--;
    }
    return kept;
  }

  private RenderedCloze row(int[] kept) {
    int[] taken = new int[kept.length];
    List<Token> row =
        tokens.stream()
            .filter(token -> token.field() == OWN || taken[token.field()]++ < kept[token.field()])
            .toList();
    int[] masks = positions(row);
    int[] slots = softTokens == 0 ? new int[0] : row.stream().mapToInt(Token::slot).toArray();
    return new RenderedCloze(
        new TokenRow(
            row.stream().mapToInt(Token::id).toArray(),
            row.stream().mapToInt(Token::type).toArray(),
            slots,
            masks[0]),
        masks);
  }

  private static int[] positions(List<Token> row) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      if (row.get(i).mask()) {
        positions.add(i);
      }
    }
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }
}

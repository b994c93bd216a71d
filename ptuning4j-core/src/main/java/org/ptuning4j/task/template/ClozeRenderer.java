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
  private final Blank blank;
  private final ClozeFrame frame;

  private final List<Token> tokens = new ArrayList<>();
  private final StringBuilder run = new StringBuilder();
  private final List<Span> spans = new ArrayList<>();
  private int type;
  private int softTokens;
  private int fieldCount;
  private int gap; // how many tokens precede it
  private int end; // how many tokens precede what follows the template

  ClozeRenderer(ClozeTemplate template, ItemEncoder encoder, Blank blank) {
    this.template = template;
    this.encoder = encoder;
    this.tokenizer = encoder.tokenizer();
    this.blank = blank;
    this.frame = ClozeFrame.of(tokenizer, template.isPair());
    this.type = frame.firstType();
  }

  /**
   * A token of the row.
   *
   * @param slot the number of the soft token, or {@link TokenRow#WORD}
   * @param field the number of the field that it may be cut with, or {@link #OWN}
   */
  private record Token(int id, int type, int slot, int field) {}

  /** Where a field's text lies in a run, the end exclusive. */
  private record Span(int field, int start, int end) {}

  RenderedCloze render(Map<String, String> fields, int[] wording) {
    add(frame.before());
    for (ClozeTemplate.Part part : template.parts()) {
      if (part instanceof ClozeTemplate.Words words) {
        run.append(words.text());
      } else if (part instanceof ClozeTemplate.Field field) {
        add(field, fields);
      } else {
        endRun();
        addSpecial(part, wording);
      }
    }
    endRun();
    if (blank.isWithin()) {
      add(frame.after());
    }
    end = tokens.size();
    for (int id : blank.following(wording)) {
      tokens.add(new Token(id, type, TokenRow.WORD, OWN));
    }
    return row(kept(), wording.length);
  }

  private void add(ClozeTemplate.Field field, Map<String, String> fields) {
    String value = fields.get(field.name());
    if (value == null) {
      throw template.missing(field.name(), fields);
    }
    spans.add(new Span(fieldCount++, run.length(), run.length() + value.length()));
    run.append(value);
  }

  private void addSpecial(ClozeTemplate.Part part, int[] wording) {
    if (part instanceof ClozeTemplate.Soft soft) {
      for (int i = 0; i < soft.count(); i++) {
        tokens.add(new Token(filler(), type, softTokens++, OWN));
      }
    } else if (part instanceof ClozeTemplate.Mask) {
      gap = tokens.size();
      for (int id : blank.filling(wording)) {
        tokens.add(new Token(id, type, TokenRow.WORD, OWN));
      }
    } else {
      add(frame.between());
      type = frame.secondType();
    }
  }

  private void add(ClozeFrame.Special special) {
    for (int i = 0; i < special.ids().length; i++) {
      tokens.add(new Token(special.ids()[i], special.types()[i], TokenRow.WORD, OWN));
    }
  }

  /** What stands in the ids at a soft token's place: never looked up, and best no mask. */
  private int filler() {
    return tokenizer.unkId().orElse(tokenizer.clsId().orElse(0));
  }

  /** Tokenises the words and fields since the last special place. */
  private void endRun() {
    String text = run.toString().stripTrailing();
    int from = tokenizer.prependsSpace() && text.startsWith(" ") ? 1 : 0;
    Encoding words =
        tokenizer.encodeWithoutSpecialTokens(text.substring(from), null, Truncation.none());
    for (int i = 0; i < words.length(); i++) {
      int end = from + words.ends()[i];
      int start = visible(text, from + words.starts()[i], end);
      int field = fieldWith(start, end);
      tokens.add(new Token(words.ids()[i], type, TokenRow.WORD, field));
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

  private RenderedCloze row(int[] kept, int wording) {
    int[] taken = new int[kept.length];
    List<Token> row = new ArrayList<>();
    int gapInRow = 0;
    int endInRow = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.field() == OWN || taken[token.field()]++ < kept[token.field()]) {
        row.add(token);
        gapInRow += i < gap ? 1 : 0;
        endInRow += i < end ? 1 : 0;
      }
    }
    int[] reads = reads(gapInRow, endInRow, wording);
    int[] slots = softTokens == 0 ? new int[0] : row.stream().mapToInt(Token::slot).toArray();
    TokenRow made =
        new TokenRow(
            row.stream().mapToInt(Token::id).toArray(),
            row.stream().mapToInt(Token::type).toArray(),
            slots,
            reads[0]);
    return new RenderedCloze(blank.placed(made, gapInRow, endInRow), reads);
  }

  private int[] reads(int gapInRow, int endInRow, int wording) {
    int[] reads = new int[wording];
    for (int token = 0; token < wording; token++) {
      reads[token] = blank.read(gapInRow, endInRow, token);
    }
    if (reads[0] < 0) {
      throw InvalidInputException.of(
          "template \"%s\": nothing precedes the gap, and this model sees only what precedes it;"
              + " put words, soft tokens or a field before {mask}",
          template.source());
    }
    return reads;
  }
}

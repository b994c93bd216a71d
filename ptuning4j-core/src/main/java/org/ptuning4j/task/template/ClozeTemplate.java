package org.ptuning4j.task.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.text.TextTokenizer;

/**
 * A text with a gap, written on one line (P-Tuning, section 3): {@code "{text_a} Question:
 * {text_b}? {soft:3} Answer: {mask}."}.
 *
 * <ul>
 *   <li>{@code {name}} is a field of the example, such as {@code text_a} or a column;
 *   <li>{@code {soft:3}} three soft tokens, {@code {soft}} one; they are numbered through the
 *       template from 0;
 *   <li>{@code {mask}} the gap, exactly once;
 *   <li>{@code {sep}} what the model has between two texts, such as {@code [SEP]};
 *   <li><code>{{</code> and <code>}}</code> are the braces themselves, all else is words.
 * </ul>
 *
 * Immutable; equal where the source is equal.
 */
public final class ClozeTemplate {

  private static final List<String> DIRECTIVES = List.of("soft", "mask", "sep");
  private static final Pattern DIRECTIVE = Pattern.compile("([^:]*):(.*)", Pattern.DOTALL);

  /** More soft tokens in one place than any model has positions for are a slip of the finger. */
  private static final int MOST_SOFT = 1000;

  private final String source;
  private final List<Part> parts;

  private ClozeTemplate(String source, List<Part> parts) {
    this.source = source;
    this.parts = List.copyOf(parts);
  }

  /** A part of a template. */
  sealed interface Part permits Words, Field, Soft, Mask, Separator {

    /** The part as it is written in a template. */
    String source();
  }

  /** Words that are always there. */
  record Words(String text) implements Part {
    @Override
    public String source() {
      return text.replace("{", "{{").replace("}", "}}");
    }
  }

  /** A place for one of the example's texts. */
  record Field(String name) implements Part {
    @Override
    public String source() {
      return "{" + name + "}";
    }
  }

  /** So many soft tokens. */
  record Soft(int count) implements Part {
    @Override
    public String source() {
      return count == 1 ? "{soft}" : "{soft:" + count + "}";
    }
  }

  /** The gap. */
  record Mask() implements Part {
    @Override
    public String source() {
      return "{mask}";
    }
  }

  /** What stands between two texts. */
  record Separator() implements Part {
    @Override
    public String source() {
      return "{sep}";
    }
  }

  /**
   * Reads a template.
   *
   * @throws InvalidInputException naming the character, counted from 1, and what is wrong there
   */
  public static ClozeTemplate parse(String source) {
    return new ClozeTemplate(source, new Parser(source).parts());
  }

  /** The template as it was written. */
  public String source() {
    return source;
  }

  /** S, the number of soft tokens. */
  public int softTokens() {
    return parts.stream().mapToInt(part -> part instanceof Soft soft ? soft.count() : 0).sum();
  }

  /** The names of the fields in it, each once, in order. */
  public List<String> fields() {
    return parts.stream()
        .filter(Field.class::isInstance)
        .map(part -> ((Field) part).name())
        .distinct()
        .toList();
  }

  /** The same words and places without the soft tokens, nor the spaces that set them apart. */
  public ClozeTemplate withoutSoftTokens() {
    if (softTokens() == 0) {
      return this;
    }
    StringBuilder words = new StringBuilder();
    boolean removed = false;
    for (Part part : parts) {
      if (part instanceof Soft) {
        removed = true;
        continue;
      }
      String next = part.source();
      boolean spaced =
          words.length() == 0 || Character.isWhitespace(words.charAt(words.length() - 1));
      words.append(removed && spaced ? next.stripLeading() : next);
      removed = removed && next.isBlank();
    }
    return parse(removed ? words.toString().stripTrailing() : words.toString());
  }

  /**
   * The template for a model that sees only what precedes the gap: soft tokens that follow it come
   * before it, and signs and separators that follow it are left out.
   *
   * @throws InvalidInputException if a field or words follow the gap
   */
  public ClozeTemplate endingAtMask() {
    int mask = parts.indexOf(new Mask());
    StringBuilder kept = new StringBuilder();
    parts.subList(0, mask).forEach(part -> kept.append(part.source()));
    for (Part part : parts.subList(mask + 1, parts.size())) {
      if (part instanceof Soft) {
        kept.append(part.source());
      } else if (part instanceof Field || saysSomething(part)) {
        throw InvalidInputException.of(
            "template \"%s\": %s follows the gap, and this model sees only what precedes it; put"
                + " {mask} at the end",
            source, part instanceof Field ? part.source() : "'" + part.source().strip() + "'");
      }
    }
    return parse(kept.append(new Mask().source()).toString());
  }

  private static boolean saysSomething(Part part) {
    return part instanceof Words words
        && words.text().codePoints().anyMatch(Character::isLetterOrDigit);
  }

  /** Whether a full stop follows the gap at once, so that what fills it need not bring its own. */
  public boolean endsSentenceAfterMask() {
    int mask = parts.indexOf(new Mask());
    return mask + 1 < parts.size()
        && parts.get(mask + 1) instanceof Words words
        && words.text().startsWith(".");
  }

  /**
   * Makes the row that a model reads.
   *
   * <p>Special tokens stand where the tokenizer puts them for one text or, with {@code {sep}}, for
   * two, with their types. Words and fields between soft tokens, mask and separators are tokenised
   * together, so that context counts; white space before those places is left out, white space
   * after them stays, which byte-level tokenizers see. A row that is too long loses tokens from the
   * ends of its fields, the longest field first; the template's own words are never cut, nor is a
   * token that they share with a field, such as two full stops in a row.
   *
   * <p>What a field says is only text, even where it spells the mask or another special token; see
   * {@link TextTokenizer}.
   *
   * @param fields the example's texts by name
   * @param wording the tokens that are looked for in the gap, one or more
   * @throws InvalidInputException if the example lacks a field, the model has no mask token where
   *     it needs one, or the row does not fit even without its fields; the message has both numbers
   */
  public RenderedCloze render(Map<String, String> fields, ItemEncoder encoder, int[] wording) {
    return render(
        fields, encoder, Blank.of(encoder.direction(), encoder.tokenizer(), this), wording);
  }

  /** The same with a blank of the caller's. */
  public RenderedCloze render(
      Map<String, String> fields, ItemEncoder encoder, Blank blank, int[] wording) {
    if (wording.length < 1) {
      throw new IllegalArgumentException("a wording of no token");
    }
    return new ClozeRenderer(this, encoder, blank).render(fields, wording);
  }

  /** The same for a gap of one token, whichever it is. */
  public RenderedCloze render(Map<String, String> fields, ItemEncoder encoder) {
    return render(fields, encoder, new int[1]);
  }

  /**
   * Makes sure that its words spell no special token, which would be read as any other text.
   *
   * @throws InvalidInputException naming the token and what to write instead
   */
  public void requireNoSpecialTokens(TextTokenizer tokenizer) {
    for (Part part : parts) {
      if (part instanceof Words words) {
        for (String token : tokenizer.specialTokensIn(words.text())) {
          throw InvalidInputException.of(
              "template \"%s\": its words spell the special token '%s', which would be read as any"
                  + " other text; write {mask} for the gap and {sep} between texts",
              source, token);
        }
      }
    }
  }

  /** Its parts in order. */
  List<Part> parts() {
    return parts;
  }

  /** Whether separators are in it, so that it reads as a pair of texts. */
  boolean isPair() {
    return parts.contains(new Separator());
  }

  /** The error for a field that an example lacks. */
  InvalidInputException missing(String field, Map<String, String> fields) {
    List<String> known = new ArrayList<>(fields.keySet());
    known.addAll(DIRECTIVES);
    String guess =
        Spelling.closest(field, known).map(n -> "; did you mean {" + n + "}?").orElse("");
    return InvalidInputException.of(
        "template \"%s\": the example has no '%s'; it has: %s%s",
        source, field, String.join(", ", fields.keySet()), guess);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClozeTemplate template && template.source.equals(source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }

  @Override
  public String toString() {
    return source;
  }

  private static final class Parser {

    private final String source;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder words = new StringBuilder();
    private int at;
    private boolean masked;

    Parser(String source) {
      this.source = source;
    }

    List<Part> parts() {
      while (at < source.length()) {
        char c = source.charAt(at);
        if (c == '\n' || c == '\r') {
          throw error(at, "a line break; a template is one line");
        } else if (c != '{' && c != '}') {
          words.append(c);
          at++;
        } else if (at + 1 < source.length() && source.charAt(at + 1) == c) {
          words.append(c);
          at += 2;
        } else if (c == '{') {
          endWords();
          place();
        } else {
          throw error(at, "a closing brace without an opening one (}} writes a brace itself)");
        }
      }
      endWords();
      if (!masked) {
        throw error(at, "the end without a {mask}; the answer needs a place");
      }
      return parts;
    }

    private void place() {
      int end = source.indexOf('}', at);
      if (end < 0) {
        throw error(at, "an opening brace that is never closed ({{ writes a brace itself)");
      }
      String inside = source.substring(at + 1, end);
      parts.add(part(inside.strip()));
      at = end + 1;
    }

    private Part part(String inside) {
      if (inside.isEmpty()) {
        throw error(at, "braces with no name in them");
      }
      if (inside.contains("{")) {
        throw error(at, "an opening brace that is never closed ({{ writes a brace itself)");
      }
      Matcher directive = DIRECTIVE.matcher(inside);
      if (directive.matches()) {
        return directive(directive.group(1).strip(), directive.group(2).strip());
      }
      return switch (inside) {
        case "mask" -> mask();
        case "sep" -> new Separator();
        case "soft" -> new Soft(1);
        default -> field(inside);
      };
    }

    private Part field(String name) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (DIRECTIVES.contains(lower)) {
        throw error(at, "{" + name + "} is written {" + lower + "}");
      }
      return new Field(name);
    }

    private Part mask() {
      if (masked) {
        throw error(at, "a second {mask}; there must be one");
      }
      masked = true;
      return new Mask();
    }

    private Part directive(String name, String value) {
      if (!name.equals("soft")) {
        Optional<String> guess = Spelling.closest(name, DIRECTIVES);
        throw error(
            at,
            DIRECTIVES.contains(name)
                ? "{" + name + "} takes no number"
                : "'"
                    + name
                    + ":' is not known; known are {soft:N}, {mask} and {sep}"
                    + guess.map(g -> "; did you mean '" + g + "'?").orElse(""));
      }
      if (!value.matches("0*[1-9][0-9]{0,3}") || Integer.parseInt(value) > MOST_SOFT) {
        throw error(
            at, "{soft:" + value + "}: '" + value + "' is no whole number from 1 to " + MOST_SOFT);
      }
      return new Soft(Integer.parseInt(value));
    }

    private void endWords() {
      if (words.length() > 0) {
        parts.add(new Words(words.toString()));
        words.setLength(0);
      }
    }

    private InvalidInputException error(int where, String problem) {
      return InvalidInputException.of(
          "template \"%s\", character %d: %s", source, where + 1, problem);
    }
  }
}

package org.ptuning4j.prompt.initialisation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptTexts;
import org.ptuning4j.prompt.PromptTexts.LabelledText;
import org.ptuning4j.settings.InvalidSettingException;

/**
 * A text from which a prompt starts.
 *
 * @param source where it comes from
 * @param words the text itself, where it is given; else empty
 */
record StartText(Source source, String words) {

  /** How texts are written. */
  static final String FORMS = "labels, examples, text:SOME WORDS or text:@FILE";

  private static final String TEXT = "text:";
  private static final String FILE = "@";
  private static final String BETWEEN_LABELS = ", ";

  /** Where a text comes from. */
  enum Source {
    /** From the setting. */
    GIVEN,
    /** The task's labels. */
    LABELS,
    /** A training row of each label, each with its label. */
    EXAMPLES
  }

  /** Checks that there are words where they are given. */
  StartText {
    if (source == Source.GIVEN && words.isBlank()) {
      throw new InvalidSettingException("init", "'text:' needs words after the colon");
    }
  }

  /** A text that is given. */
  static StartText of(String words) {
    return new StartText(Source.GIVEN, words);
  }

  /** Reads what {@link #written} writes; empty if it is something else. */
  static Optional<StartText> parse(String setting) {
    if (setting.startsWith(TEXT)) {
      return Optional.of(of(setting.substring(TEXT.length())));
    }
    return switch (setting) {
      case "labels" -> Optional.of(new StartText(Source.LABELS, ""));
      case "examples" -> Optional.of(new StartText(Source.EXAMPLES, ""));
      default -> Optional.empty();
    };
  }

  /**
   * The setting with the contents of a file in place of its name, so that a run records what it
   * started from.
   *
   * @throws InvalidSettingException if the file cannot be read
   */
  static String withFileRead(String setting) {
    if (!setting.startsWith(TEXT + FILE)) {
      return setting;
    }
    String name = setting.substring((TEXT + FILE).length());
    try {
      String words = Files.readString(Path.of(name)).strip();
      if (words.isEmpty()) {
        throw new InvalidSettingException("init", "file '" + name + "' has no words");
      }
      return TEXT + words;
    } catch (IOException e) {
      throw new InvalidSettingException(
          "init", "file '" + name + "' cannot be read as UTF-8 text: " + FailureReason.of(e));
    } catch (InvalidPathException e) {
      throw new InvalidSettingException("init", "'" + name + "' is no name of a file");
    }
  }

  /** As it is written in settings. */
  String written() {
    return switch (source) {
      case GIVEN -> TEXT + words;
      case LABELS -> "labels";
      case EXAMPLES -> "examples";
    };
  }

  /**
   * Its tokens, repeated or cut to a length.
   *
   * @throws InvalidInputException if it has none, or the length has no room for all examples
   */
  int[] tokens(int length, PromptContext context) {
    int[] all =
        source == Source.EXAMPLES
            ? examples(length, context)
            : context.words().ids(text(context.texts()));
    if (all.length == 0) {
      throw InvalidInputException.of("init: '%s' has no tokens to start from", written());
    }
    if (all.length != length) {
      context
          .texts()
          .remark(
              "init: the text has %d tokens, which are %s the %d of the prompt that it starts"
                  .formatted(
                      all.length, all.length < length ? "repeated to fill" : "cut to", length));
    }
    return IntStream.range(0, length).map(i -> all[i % all.length]).toArray();
  }

  /**
   * Its tokens as the model reads a text alone, with the special tokens around them, together as
   * many as the length; without special tokens where the length has no room for them.
   *
   * @throws InvalidInputException as {@link #tokens}
   */
  int[] framedTokens(int length, PromptContext context) {
    int[] before = context.texts().before();
    int[] after = context.texts().after();
    int room = length - before.length - after.length;
    if (room < 1) {
      return tokens(length, context);
    }
    return joined(before, tokens(room, context), after);
  }

  private String text(PromptTexts texts) {
    return source == Source.LABELS ? String.join(BETWEEN_LABELS, texts.labels()) : words;
  }

  /** Each example is cut to its share, its label's words excepted. */
  private int[] examples(int length, PromptContext context) {
    List<LabelledText> examples = context.texts().examples();
    int count = examples.size();
    int[] all = new int[0];
    for (int i = 0; i < count; i++) {
      int[] label = context.words().idsWithin(examples.get(i).label());
      String own = examples.get(i).text();
      int[] text = i == 0 ? context.words().ids(own) : context.words().idsWithin(own);
      int share = (length * (i + 1)) / count - (length * i) / count;
      if (share <= label.length) {
        throw InvalidInputException.of(
            "init: examples: %d examples have %d virtual tokens each, and label '%s' alone takes"
                + " %d; set prompt-length to %d or more",
            count, length / count, examples.get(i).label(), label.length, least(context, examples));
      }
      int kept = Math.min(text.length, share - label.length);
      all = joined(all, Arrays.copyOf(text, kept), label);
    }
    return all;
  }

  /** The least length at which each example has a token beside its label. */
  private static int least(PromptContext context, List<LabelledText> examples) {
    int longest =
        examples.stream()
            .mapToInt(each -> context.words().idsWithin(each.label()).length)
            .max()
            .orElse(0);
    int special = context.texts().before().length + context.texts().after().length;
    return (longest + 1) * examples.size() + special;
  }

  private static int[] joined(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}

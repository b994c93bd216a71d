package org.ptuning4j.data.question;

import java.util.List;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Source;

/**
 * A question about a text that answers it by one of its own spans, or not at all (SQuAD).
 *
 * @param source where it came from
 * @param id by which its prediction is identified
 * @param title the title of the article, or {@code null} where the file gives none
 * @param question the question
 * @param context the text that is asked
 * @param answers the accepted answers as the file lists them; empty where the question has none, or
 *     none is known
 * @param impossible whether it is known that the context does not answer the question
 */
public record QuestionExample(
    Source source,
    String id,
    String title,
    String question,
    String context,
    List<Answer> answers,
    boolean impossible)
    implements Example {

  /**
   * A span of the context.
   *
   * @param text its characters
   * @param start the index of its first character in the context, in UTF-16 units from 0
   */
  public record Answer(String text, int start) {

    /** The index after its last character, in UTF-16 units. */
    public int end() {
      return start + text.length();
    }
  }

  /** Checks that the answers are where they say, and that an impossible question has none. */
  public QuestionExample {
    if (id.isBlank() || question.isBlank() || context.isBlank()) {
      throw new IllegalArgumentException("id, question or context is blank");
    }
    answers = List.copyOf(answers);
    for (Answer answer : answers) {
      if (answer.text().isEmpty() || !context.startsWith(answer.text(), answer.start())) {
        throw new IllegalArgumentException("the context does not have the answer " + answer);
      }
    }
    if (impossible && !answers.isEmpty()) {
      throw new IllegalArgumentException("an impossible question has the answer " + answers.get(0));
    }
  }

  /** An example of which only the line is known. */
  public QuestionExample(
      int line,
      String id,
      String title,
      String question,
      String context,
      List<Answer> answers,
      boolean impossible) {
    this(Source.ofLine(line), id, title, question, context, answers, impossible);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** Whether it is known what the answer is, or that there is none. */
  public boolean hasLabel() {
    return impossible || !answers.isEmpty();
  }
}

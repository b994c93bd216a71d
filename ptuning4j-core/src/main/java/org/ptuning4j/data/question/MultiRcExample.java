package org.ptuning4j.data.question;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Source;

/**
 * One answer option of MultiRC: whether it answers its question by its paragraph. The three indices
 * are the file's own; paragraph and question together name the group that exact match is over.
 *
 * @param source where it came from; without ids where the file does not number its options
 * @param paragraph the paragraph's {@code idx}
 * @param question the question's {@code idx}, which is unique in its paragraph
 * @param answer the option's {@code idx}, which is unique in its question
 * @param text the paragraph
 * @param questionText the question
 * @param answerText the option; the official files hold a few empty ones
 * @param label whether it is an answer, or {@code null} where that is not known
 */
public record MultiRcExample(
    Source source,
    int paragraph,
    int question,
    int answer,
    String text,
    String questionText,
    String answerText,
    Boolean label)
    implements Example {

  /** Checks that there are a paragraph and a question. */
  public MultiRcExample {
    if (text.isBlank() || questionText.isBlank()) {
      throw new IllegalArgumentException((text.isBlank() ? "text" : "question") + " is blank");
    }
    if (answerText == null) {
      throw new IllegalArgumentException("answerText is null");
    }
  }

  /** An example of which only the line is known. */
  public MultiRcExample(
      int line,
      int paragraph,
      int question,
      int answer,
      String text,
      String questionText,
      String answerText,
      Boolean label) {
    this(Source.ofLine(line), paragraph, question, answer, text, questionText, answerText, label);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** Whether the label is known. */
  public boolean hasLabel() {
    return label != null;
  }

  @Override
  public Map<String, Object> ids() {
    Map<String, Object> ids = new LinkedHashMap<>();
    ids.put("paragraph", paragraph);
    ids.put("question", question);
    ids.put("answer", answer);
    return ids;
  }
}

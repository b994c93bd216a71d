package org.ptuning4j.data.question;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Source;

/**
 * One query of ReCoRD: which of a passage's entities belongs where the query says {@value
 * #PLACEHOLDER}.
 *
 * @param source where it came from; without ids where the file does not number its queries
 * @param passageIdx the passage's {@code idx}
 * @param queryIdx the query's {@code idx}
 * @param text the passage, each {@code @highlight} line turned into a dash
 * @param query the query with its placeholder
 * @param entities the candidates, each once, in the order in which the file lists them
 * @param answers every accepted spelling, each once; empty where the answer is not known
 */
public record ReCordExample(
    Source source,
    int passageIdx,
    int queryIdx,
    String text,
    String query,
    List<String> entities,
    List<String> answers)
    implements Example {

  /** What an entity is put in place of. */
  public static final String PLACEHOLDER = "@placeholder";

  /** Copies the lists; checks that there is a placeholder, and something to put there. */
  public ReCordExample {
    entities = List.copyOf(entities);
    answers = List.copyOf(answers);
    if (!query.contains(PLACEHOLDER)) {
      throw new IllegalArgumentException("query has no " + PLACEHOLDER);
    }
    if (entities.isEmpty()) {
      throw new IllegalArgumentException("there is no entity");
    }
  }

  /** An example of which only the line is known. */
  public ReCordExample(
      int line,
      int passageIdx,
      int queryIdx,
      String text,
      String query,
      List<String> entities,
      List<String> answers) {
    this(Source.ofLine(line), passageIdx, queryIdx, text, query, entities, answers);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** The query with the entity filled in. */
  public String filled(String entity) {
    return query.replace(PLACEHOLDER, entity);
  }

  /** Whether the entity is an answer, letter for letter. */
  public boolean isAnswer(String entity) {
    return answers.contains(entity);
  }

  /** Whether the answers are known. */
  public boolean hasAnswers() {
    return !answers.isEmpty();
  }

  @Override
  public Map<String, Object> ids() {
    Map<String, Object> ids = new LinkedHashMap<>();
    ids.put("passage", passageIdx);
    ids.put("query", queryIdx);
    return ids;
  }
}

package org.ptuning4j.data.lama;

import org.ptuning4j.data.Example;
import org.ptuning4j.data.Source;

/**
 * A fact for knowledge probing (P-tuning v1, section 4.1): the relation holds between the two.
 *
 * @param source where it came from
 * @param relation the relation's identifier, such as {@code P17}
 * @param subject the name of what the fact is about
 * @param object the name that a language model is asked for
 */
public record Fact(Source source, String relation, String subject, String object)
    implements Example {

  /** Checks that nothing is blank. */
  public Fact {
    if (relation.isBlank() || subject.isBlank() || object.isBlank()) {
      throw new IllegalArgumentException("relation, subject or object is blank");
    }
  }

  /** An example of which only the line is known. */
  public Fact(int line, String relation, String subject, String object) {
    this(Source.ofLine(line), relation, subject, object);
  }

  @Override
  public int line() {
    return source.line();
  }
}

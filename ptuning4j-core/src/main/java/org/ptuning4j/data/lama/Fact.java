package org.ptuning4j.data.lama;

import org.ptuning4j.data.Example;

/**
 * A fact for knowledge probing (P-tuning v1, section 4.1): the relation holds between the two.
 *
 * @param line its line in its relation's file, counted from 1
 * @param relation the relation's identifier, such as {@code P17}
 * @param subject the name of what the fact is about
 * @param object the name that a language model is asked for
 */
public record Fact(int line, String relation, String subject, String object) implements Example {

  /** Checks that nothing is blank. */
  public Fact {
    if (relation.isBlank() || subject.isBlank() || object.isBlank()) {
      throw new IllegalArgumentException("relation, subject or object is blank");
    }
  }
}

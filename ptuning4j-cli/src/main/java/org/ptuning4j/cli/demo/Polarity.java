package org.ptuning4j.cli.demo;

/** Whether something is said in favour or against. */
enum Polarity {
  NEGATIVE("negative"),
  POSITIVE("positive");

  private final String label;

  Polarity(String label) {
    this.label = label;
  }

  /** The label as the data files have it. */
  String label() {
    return label;
  }

  Polarity opposite() {
    return this == NEGATIVE ? POSITIVE : NEGATIVE;
  }
}

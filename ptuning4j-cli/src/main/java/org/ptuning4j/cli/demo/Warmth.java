package org.ptuning4j.cli.demo;

/** How warm a day was, from the coldest up. */
enum Warmth {
  COLD,
  MILD,
  HOT
}

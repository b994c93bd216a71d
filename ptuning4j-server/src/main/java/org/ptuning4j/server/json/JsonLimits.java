package org.ptuning4j.server.json;

import org.ptuning4j.InvalidInputException;

/**
 * How much JSON a request may hold. What is beyond is refused while it is read.
 *
 * @param depth levels of lists and objects within each other
 * @param numberLength digits and signs of a number
 * @param textLength UTF-16 units of a text
 * @param values numbers, texts, lists and objects together
 */
public record JsonLimits(int depth, int numberLength, int textLength, int values) {

  /** Checks that something can be read. */
  public JsonLimits {
    requirePositive("json-depth", depth);
    requirePositive("number-length", numberLength);
    requirePositive("text-length", textLength);
    requirePositive("json-values", values);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw InvalidInputException.of(
          "%s: %d; a whole number of at least 1 is expected", name, value);
    }
  }
}

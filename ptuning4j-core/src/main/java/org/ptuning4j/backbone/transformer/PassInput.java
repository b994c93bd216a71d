package org.ptuning4j.backbone.transformer;

import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;

/**
 * What is looked up for a pass, checked.
 *
 * @param spec the backbone's sizes
 * @param scheme how tokens get their positions
 * @param hasTable whether positions are looked up in a table
 */
record PassInput(BackboneSpec spec, Positions scheme, boolean hasTable) {

  /**
   * Each token's position, {@code [B, n]}.
   *
   * @throws InvalidInputException if a text with its shift is longer than the model can take
   */
  int[] positions(TokenBatch tokens, Injection injection) {
    if (tokens.geometry().positions().size() > 1) {
      throw new IllegalArgumentException(
          "this family reads one row of positions; the batch has "
              + tokens.geometry().positions().size());
    }
    int usable = scheme.usable();
    int[] ids = new int[tokens.ids().length];
    for (int row = 0; row < tokens.rows(); row++) {
      int shift = injection.shift(row);
      int length = tokens.length(row);
      if (shift + length > usable) {
        throw InvalidInputException.of(
            "prompt length %d and text length %d need %d positions; this backbone has %d: shorten"
                + " the prompt or %s",
            shift, length, shift + length, usable, new SettingName("max-length"));
      }
      scheme.of(tokens, row, shift, ids);
    }
    return ids;
  }

  /** Rows of the position table, {@code [B, n]}. */
  long[] rows(int[] positions) {
    long[] rows = new long[positions.length];
    for (int at = 0; hasTable && at < rows.length; at++) {
      // Padding beside a longer row may lie beyond the table; no token attends to it.
      rows[at] = Math.min(positions[at], scheme.table() - 1);
    }
    return rows;
  }

  /**
   * Rows of the word embeddings, {@code [B, n]}.
   *
   * @throws InvalidInputException if one lies outside of the vocabulary
   */
  long[] ids(TokenBatch tokens) {
    long[] ids = tokens.ids().clone();
    for (long place : tokens.softPlaces()) {
      ids[Math.toIntExact(place)] = 0; // any word: a vector takes its place
    }
    for (long id : ids) {
      if (id < 0 || id >= spec.vocabulary()) {
        throw InvalidInputException.of(
            "token id %d lies outside the backbone's vocabulary of %d: the tokenizer belongs to"
                + " another model",
            id, spec.vocabulary());
      }
    }
    return ids;
  }

  /** Rows of the type table, {@code [B, n]}: families with a single type give it to both texts. */
  long[] types(TokenBatch tokens) {
    return spec.typeVocabulary() > 1 ? tokens.typeIds() : new long[tokens.typeIds().length];
  }
}

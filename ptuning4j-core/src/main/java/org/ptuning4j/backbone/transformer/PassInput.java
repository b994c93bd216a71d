package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.List;
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
 * @param tables how many rows of positions are looked up, in a table each
 */
record PassInput(BackboneSpec spec, Positions scheme, int tables) {

  /**
   * Each token's positions: the first of the rows of them that the family reads, {@code [B, n]}
   * each, is moved up by the prompt's shift.
   *
   * @throws InvalidInputException if a text with its shift is longer than the model can take, or a
   *     position that the batch gives lies outside of the model's
   */
  List<int[]> positions(TokenBatch tokens, Injection injection) {
    List<int[]> given = tokens.geometry().positions();
    int rows = scheme.ids().rows();
    if (given.size() > rows) {
      throw new IllegalArgumentException(
          "this family reads %s of positions; the batch has %d"
              .formatted(rows == 1 ? "one row" : rows + " rows", given.size()));
    }
    List<int[]> all = new ArrayList<>(List.of(moved(tokens, injection)));
    for (int further = 1; further < rows; further++) {
      all.add(further < given.size() ? further(tokens, given.get(further)) : new int[size(tokens)]);
    }
    return all;
  }

  private static int size(TokenBatch tokens) {
    return tokens.ids().length;
  }

  private int[] moved(TokenBatch tokens, Injection injection) {
    int usable = scheme.usable();
    int[] ids = new int[size(tokens)];
    for (int row = 0; row < tokens.rows(); row++) {
      int shift = injection.shift(row);
      boolean any = tokens.geometry().positions().size() == 1; // given one by one, and checked so
      int length = any ? 0 : scheme.ids().needed(tokens, row);
      if (shift + length > usable) {
        throw InvalidInputException.of(
            "prompt length %d and text length %d need %d positions; this backbone has %d: shorten"
                + " the prompt or %s",
            shift, length, shift + length, usable, new SettingName("max-length"));
      }
      scheme.fill(tokens, row, shift, ids);
      requireWithin(tokens, row, shift, ids);
    }
    return ids;
  }

  /** Positions that are counted fit if the row does; those that a batch gives may be any. */
  private void requireWithin(TokenBatch tokens, int row, int shift, int[] ids) {
    if (tokens.geometry().positions().isEmpty()) {
      return;
    }
    int[] given = tokens.geometry().positions().get(0);
    for (int column = 0; column < tokens.columns(); column++) {
      int at = row * tokens.columns() + column;
      boolean within = given[at] >= 0 && ids[at] < scheme.table();
      if (tokens.mask()[at] != 0 && !within) {
        throw InvalidInputException.of(
            "row %d has position %d at column %d, moved up by %d; this backbone has positions 0 to"
                + " %d",
            row, given[at], column, shift, scheme.usable() - 1);
      }
    }
  }

  /** Positions within blanks: those that the batch gives. */
  private int[] further(TokenBatch tokens, int[] given) {
    for (int at = 0; at < given.length; at++) {
      if (tokens.mask()[at] != 0 && (given[at] < 0 || given[at] >= scheme.table())) {
        throw InvalidInputException.of(
            "row %d has position %d within its blank at column %d; this backbone has positions 0 to"
                + " %d: shorten what fills the blank",
            at / tokens.columns(), given[at], at % tokens.columns(), scheme.table() - 1);
      }
    }
    return given;
  }

  /** Rows of each position table, {@code [B, n]}. */
  List<long[]> rows(List<int[]> positions) {
    return positions.subList(0, tables).stream().map(this::rows).toList();
  }

  private long[] rows(int[] positions) {
    long[] rows = new long[positions.length];
    for (int at = 0; at < rows.length; at++) {
      // Padding may lie beyond the table, or have any position; no token attends to it.
      rows[at] = Math.max(0, Math.min(positions[at], scheme.table() - 1));
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

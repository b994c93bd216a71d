package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.text.Truncation;

/**
 * How a model reads the examples of a file that is checked for it.
 *
 * @param encoder makes rows of its tokens
 * @param known the tokens that it has embeddings for
 */
public record ModelReading(ItemEncoder encoder, KnownTokens known) {

  /** A model with an embedding for each of its tokenizer's tokens. */
  public static ModelReading of(ItemEncoder encoder) {
    return new ModelReading(
        encoder, new KnownTokens(encoder.tokenizer(), encoder.tokenizer().vocabularySize()));
  }

  /** The examples that it can read; those that it cannot become bad rows, as in training. */
  <E extends Example> Examples<E> readable(PreparedTask<E> task, Examples<E> read) {
    return readable(
        read,
        example -> task.items(example, encoder).stream().map(Item::rows).flatMap(List::stream));
  }

  /** The same, by the texts alone: each is looked at as far as it would be read. */
  <E extends Example> Examples<E> readable(Task<E> task, Examples<E> read) {
    return readable(
        read,
        example ->
            task.content(example).texts().stream()
                .map(text -> encoder.row(text, null, Truncation.Strategy.LONGEST_FIRST)));
  }

  private <E extends Example> Examples<E> readable(
      Examples<E> read, Function<E, Stream<TokenRow>> rows) {
    if (known.isAll()) {
      return read;
    }
    List<E> examples = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>(read.badRows());
    for (E example : read.examples()) {
      try {
        rows.apply(example).forEach(known::requireIn);
        examples.add(example);
      } catch (InvalidInputException e) {
        badRows.add(example.source().bad(e.getMessage()));
      }
    }
    badRows.sort(Comparator.comparingInt(BadRow::line).thenComparingInt(BadRow::record));
    return new Examples<>(read.file(), read.fingerprint(), examples, badRows, read.table());
  }
}

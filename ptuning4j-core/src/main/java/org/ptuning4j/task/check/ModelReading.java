package org.ptuning4j.task.check;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.ExampleFilter;
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
    return ExampleFilter.usable(read, example -> fault(example, rows.apply(example)));
  }

  private <E extends Example> Optional<BadRow> fault(E example, Stream<TokenRow> rows) {
    try {
      rows.forEach(known::requireIn);
      return Optional.empty();
    } catch (InvalidInputException e) {
      return Optional.of(example.source().bad(e.getMessage()));
    }
  }
}

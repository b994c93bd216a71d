package org.ptuning4j.train.objective;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Scope;

/**
 * A document that a decoder has read: its keys and values in every layer, which stand before any
 * text that is then read, as if it were all one. They are computed once, a piece after the other.
 */
final class DocumentContext implements AutoCloseable {

  /** Tokens of the document that are read at once: their scores are a piece times all before. */
  private static final int PIECE = 1024;

  private final Backbone backbone;
  private final int[] document;
  private final int begin;
  private final int padId;
  private Map<Integer, LayerPrefix> read = Map.of(); // [1, K, D, d] each; owned

  /**
   * Reads a document.
   *
   * @param document its tokens, with those that the model has before a text
   * @param begin how many of a text's first tokens only say that it begins; behind a document they
   *     are left out
   * @param padId the id that fills up batches
   */
  DocumentContext(Backbone backbone, int[] document, int begin, int padId) {
    this(backbone, document, begin, padId, PIECE);
  }

  /** The same, in pieces of another size. */
  DocumentContext(Backbone backbone, int[] document, int begin, int padId, int piece) {
    this.backbone = backbone;
    this.document = document.clone();
    this.begin = begin;
    this.padId = padId;
    try {
      for (int from = 0; from < document.length; from += piece) {
        read(from, Arrays.copyOfRange(document, from, Math.min(document.length, from + piece)));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void read(int from, int[] piece) {
    Map<Integer, LayerPrefix> before = read;
    read =
        Autograd.withoutGraph(
            () ->
                Scope.run(
                    () -> {
                      TokenBatch tokens = TokenBatch.of(List.of(row(piece)), padId);
                      BackboneOutput output =
                          backbone.forward(
                              tokens,
                              Injection.deep(before, Optional.of(new int[] {from})),
                              ForwardOptions.evaluation(Positions.ANCHOR).withKeysAndValues());
                      Map<Integer, LayerPrefix> all = new HashMap<>();
                      output
                          .past()
                          .forEach(
                              (at, past) -> all.put(at, LayerPrefix.of(past.key(), past.value())));
                      all.values().forEach(each -> each.tensors().forEach(Tensor::retainReference));
                      return all;
                    }));
    release(before);
  }

  private static TokenRow row(int[] ids) {
    return TokenRow.of(ids, new int[ids.length]).withAnchor(ids.length - 1);
  }

  /** D, the number of its tokens. */
  int length() {
    return document.length;
  }

  /** Its tokens. */
  int[] document() {
    return document.clone();
  }

  /**
   * What the model gives for texts behind the document.
   *
   * @param items one row each; a prompt's soft tokens are left out
   * @return the states at the places that the items read, {@code [N, H]}, without a graph
   */
  Tensor states(List<Item> items) {
    List<Item> texts = items.stream().map(this::behindDocument).toList();
    List<TokenRow> rows = texts.stream().map(item -> item.rows().get(0)).toList();
    return Autograd.withoutGraph(
        () ->
            Scope.keep(
                () -> {
                  TokenBatch tokens = TokenBatch.of(rows, padId);
                  Tensor states =
                      backbone
                          .forward(
                              tokens,
                              injection(tokens.rows()),
                              ForwardOptions.evaluation(Positions.ALL))
                          .lastHidden();
                  return new HeadInput(backbone, states, texts, Dropout.off()).reads();
                }));
  }

  /** The document before so many rows, none of which has it twice. */
  private Injection injection(int rows) {
    Map<Integer, LayerPrefix> each = new HashMap<>();
    read.forEach((at, layer) -> each.put(at, layer.times(rows)));
    int[] shifts = new int[rows];
    Arrays.fill(shifts, document.length);
    return Injection.deep(each, Optional.of(shifts));
  }

  /**
   * An item as it is read behind the document: its words, without what begins a text. A word that
   * is read where nothing of the text is before it keeps what it is read at.
   */
  Item behindDocument(Item item) {
    TokenRow row = item.rows().get(0);
    int[] words = row.words();
    int first = words.length == 0 ? 0 : Arrays.binarySearch(words, item.reads()[0]);
    int left = Math.min(begin, first);
    int[] kept = Arrays.copyOfRange(words, left, words.length);
    int[] ids = IntStream.of(kept).map(at -> row.ids()[at]).toArray();
    int[] reads = IntStream.of(item.reads()).map(at -> Arrays.binarySearch(kept, at)).toArray();
    return Item.ofTokens(row(ids), reads, new int[0]);
  }

  private static void release(Map<Integer, LayerPrefix> layers) {
    layers.values().forEach(layer -> layer.tensors().forEach(Scope::release));
  }

  @Override
  public void close() {
    release(read);
    read = Map.of();
  }
}

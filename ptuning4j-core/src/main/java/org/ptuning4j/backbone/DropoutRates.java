package org.ptuning4j.backbone;

/**
 * How much is dropped in training, by the kind of place. A family drops at some of these places
 * only.
 *
 * @param hidden of the feed-forward network and of what heads read
 * @param attention of attention probabilities
 * @param embeddings of the first layer's input
 * @param attentionOutput of what attention gives
 */
public record DropoutRates(
    double hidden, double attention, double embeddings, double attentionOutput) {

  /** Nothing is dropped. */
  public static final DropoutRates NONE = all(0);

  /** Checks that each rate lies in [0, 1). */
  public DropoutRates {
    require("hidden", hidden);
    require("attention", attention);
    require("embeddings", embeddings);
    require("attentionOutput", attentionOutput);
  }

  private static void require(String field, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          field + ": a dropout rate of " + rate + " is not in [0, 1)");
    }
  }

  /** One rate for hidden states wherever they are dropped, another for attention probabilities. */
  public static DropoutRates of(double hidden, double attention) {
    return new DropoutRates(hidden, attention, hidden, hidden);
  }

  /** The same rate everywhere. */
  public static DropoutRates all(double rate) {
    return of(rate, rate);
  }

  /** Whether anything is dropped. */
  public boolean any() {
    return hidden > 0 || attention > 0 || embeddings > 0 || attentionOutput > 0;
  }
}

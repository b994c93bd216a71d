package org.ptuning4j.backbone.weight;

/** What a weight is for. It decides whether weight decay applies to it. */
public enum WeightRole {
  /** A matrix of a linear layer. */
  MATRIX(true),
  /** A table of embeddings. */
  EMBEDDING(true),
  /** A bias. */
  BIAS(false),
  /** The scale of a norm. */
  NORM(false);

  private final boolean decayed;

  WeightRole(boolean decayed) {
    this.decayed = decayed;
  }

  /** Whether weight decay applies: to matrices and tables, as BERT's own fine-tuning has it. */
  public boolean isDecayed() {
    return decayed;
  }
}

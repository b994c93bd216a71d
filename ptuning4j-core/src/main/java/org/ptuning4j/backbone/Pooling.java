package org.ptuning4j.backbone;

/**
 * What a checkpoint's configuration says that classifiers read of a sequence, through the pooler
 * where the checkpoint has one.
 */
public enum Pooling {
  /**
   * The last hidden state of the token that stands for the text: the first, or a decoder's last.
   */
  TOKEN,
  /** The mean of all tokens' last hidden states. */
  MEAN
}

package org.ptuning4j.data.tagging;

/** What the columns of one kind of file say of the words of a sentence. */
interface SentenceColumns extends ColumnBlocks.Rules {

  /** Adds the sentence of a block, or says what is wrong with it. */
  void add(ColumnBlocks.Block block, SentenceCollector sentences);
}

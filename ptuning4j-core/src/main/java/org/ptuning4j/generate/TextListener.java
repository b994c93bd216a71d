package org.ptuning4j.generate;

/** Is told what is generated as it comes. */
@FunctionalInterface
public interface TextListener {

  /** Listens to nothing. */
  TextListener NONE = (request, sequence, text) -> {};

  /**
   * A continuation has become longer. The pieces of one continuation, joined, are its text: what
   * may still become part of a stop string, or of a character whose bytes have not all come, is
   * told later or not at all.
   *
   * @param request the number of the text that is continued, from 0
   * @param sequence the number of its continuation, from 0
   * @param text what was added
   */
  void added(int request, int sequence, String text);
}

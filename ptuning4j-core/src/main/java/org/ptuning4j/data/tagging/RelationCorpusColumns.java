package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Entities in {@code conll04.corp}, as Roth and Yih released CoNLL-2004's entities and relations:
 * nine columns between tabs, the entity in the second, the part of speech in the fifth, the word in
 * the sixth. An entity is one line, its words and their parts of speech joined by slashes. The
 * relations of a sentence follow it, three columns each; they are passed over.
 *
 * @param tagged whether the entities are read
 */
record RelationCorpusColumns(boolean tagged) implements SentenceColumns {

  private static final int COLUMNS = 9;
  private static final int ENTITY = 1;
  private static final int NUMBER = 2;
  private static final int PART_OF_SPEECH = 4;
  private static final int WORD = 5;
  private static final int RELATION_COLUMNS = 3;

  /** The kinds of entities; {@code O} for a word outside. */
  private static final Set<String> KINDS = Set.of("O", "Peop", "Loc", "Org", "Other");

  /** Whether most of the lines are such. */
  static boolean areIn(List<String> lines, ColumnLayout layout) {
    if (!layout.tabs() || layout.columns() != COLUMNS) {
      return false;
    }
    List<List<String>> words =
        lines.stream().map(layout::columns).filter(columns -> columns.size() == COLUMNS).toList();
    return 2 * words.stream().filter(RelationCorpusColumns::isWord).count() > words.size();
  }

  private static boolean isWord(List<String> columns) {
    return KINDS.contains(columns.get(ENTITY)) && TagNames.isNumber(columns.get(NUMBER));
  }

  @Override
  public ColumnBlocks.LineKind kind(String line) {
    List<String> columns = List.of(line.split("\t", -1));
    boolean relation =
        columns.size() == RELATION_COLUMNS
            && columns.subList(0, 2).stream().allMatch(TagNames::isNumber);
    return relation ? ColumnBlocks.LineKind.COMMENT : ColumnBlocks.LineKind.WORD;
  }

  @Override
  public Optional<String> problem(List<String> columns, List<ColumnBlocks.Line> before) {
    if (columns.size() != COLUMNS) {
      return Optional.of(columns.size() + " columns where words have 9 and relations 3");
    }
    return isWord(columns)
        ? Optional.empty()
        : Optional.of(
            "column 2 should be O, Peop, Loc, Org or Other, and column 3 the number of a word");
  }

  @Override
  public void add(ColumnBlocks.Block block, SentenceCollector sentences) {
    List<String> words = new ArrayList<>();
    List<LabelledSpan> entities = new ArrayList<>();
    for (ColumnBlocks.Line line : block.lines()) {
      int start = words.size();
      words.addAll(words(line.columns()));
      String kind = line.columns().get(ENTITY);
      if (!kind.equals("O")) {
        entities.add(new LabelledSpan(start, words.size(), kind));
      }
    }
    List<String> tags =
        tagged ? TagScheme.IOB2.fromSpans(words.size(), entities) : Collections.emptyList();
    sentences.addInIob2(new TaggedSentence(block.line(), words, tags, block.document()));
  }

  /** The words of a line, as many as it has parts of speech; a comma is written as its name. */
  private static List<String> words(List<String> columns) {
    String text = columns.get(WORD);
    if (text.equals("COMMA")) {
      return List.of(",");
    }
    List<String> words = List.of(text.split("/", -1));
    boolean joined =
        words.size() == columns.get(PART_OF_SPEECH).split("/", -1).length
            && words.stream().noneMatch(String::isBlank);
    return joined ? words : List.of(text);
  }
}

package org.ptuning4j.data.tagging;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.data.BadRow;

/**
 * Entities in the {@code _conll} files of OntoNotes, as CoNLL-2012 has them: the words in the
 * fourth column, and in the eleventh the entities in brackets, {@code (PERSON*}, {@code *}, {@code
 * *)} and {@code (GPE)}. Lines with {@code #} begin and end documents.
 *
 * @param tagged whether the entities are read
 */
record OntoNotesColumns(boolean tagged) implements SentenceColumns {

  private static final int WORD = 3;
  private static final int ENTITY = 10;
  private static final RoleColumns COLUMNS = RoleColumns.conll12();

  /** Whether a file begins as these do. */
  static boolean areIn(String firstLine) {
    return firstLine.startsWith("#begin document");
  }

  @Override
  public ColumnBlocks.LineKind kind(String line) {
    return COLUMNS.kind(line);
  }

  @Override
  public Optional<String> problem(List<String> columns, List<ColumnBlocks.Line> before) {
    return COLUMNS.problem(columns, before);
  }

  @Override
  public void add(ColumnBlocks.Block block, SentenceCollector sentences) {
    List<ColumnBlocks.Line> lines = block.lines();
    List<String> words = lines.stream().map(line -> line.columns().get(WORD)).toList();
    BracketedSpans entities = new BracketedSpans();
    if (tagged) {
      for (ColumnBlocks.Line line : lines) {
        Optional<String> problem = entities.add(withStar(line.columns().get(ENTITY)));
        if (problem.isPresent()) {
          sentences.bad(new BadRow(line.number(), problem.get() + " (column 11)"));
          return;
        }
      }
      Optional<Integer> open = entities.firstOpen();
      if (open.isPresent()) {
        int line = lines.get(open.get()).number();
        sentences.bad(new BadRow(line, "column 11 opens a bracket that is not closed"));
        return;
      }
    }
    List<String> tags = tagged ? entities.tags() : List.of();
    sentences.addInIob2(new TaggedSentence(block.line(), words, tags, block.document()));
  }

  /** An entity of one word has no star. */
  private static String withStar(String cell) {
    boolean single = cell.startsWith("(") && cell.endsWith(")") && cell.indexOf('*') < 0;
    return single ? cell.substring(0, cell.length() - 1) + "*)" : cell;
  }
}

package org.ptuning4j.data.tagging;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ptuning4j.Excerpt;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.LineReader;
import org.ptuning4j.data.table.ExampleCollector;
import org.ptuning4j.data.value.NormalText;

/**
 * Where a column file of semantic roles has what.
 *
 * @param word the index of the column of words
 * @param predicate the index of the column that is {@code -} for all words but predicates
 * @param lemma the index of the column of the predicates' lemmas
 * @param arguments the index of the first predicate's column of brackets
 * @param trailing how many columns follow the last predicate's
 * @param hashLines whether lines that begin with {@code #} mark documents
 */
record RoleColumns(
    int word, int predicate, int lemma, int arguments, int trailing, boolean hashLines)
    implements ColumnBlocks.Rules {

  /** What the released files of OntoNotes have for each word until the words are put in. */
  private static final String MISSING_WORD = "[WORD]";

  /** Columns as in CoNLL-2005, the words' and the predicates' counted from 0. */
  static RoleColumns conll05(int word, int predicate) {
    return new RoleColumns(word, predicate, predicate, predicate + 1, 0, false);
  }

  /**
   * Document, part, number, word, pos, parse, lemma, frameset, sense, speaker, name, roles, coref.
   */
  static RoleColumns conll12() {
    return new RoleColumns(3, 7, 6, 11, 1, true);
  }

  @Override
  public ColumnBlocks.LineKind kind(String line) {
    boolean hash = hashLines && line.startsWith("#");
    return hash ? ColumnBlocks.LineKind.BOUNDARY : ColumnBlocks.LineKind.WORD;
  }

  @Override
  public Optional<String> problem(List<String> columns, List<ColumnBlocks.Line> before) {
    int needed = Math.max(Math.max(word, predicate) + 1, arguments + trailing);
    if (columns.size() < needed) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d %s; at least %d are needed, the words in column %d and the predicates in column"
                  + " %d",
              columns.size(),
              columns.size() == 1 ? "column" : "columns",
              needed,
              word + 1,
              predicate + 1));
    }
    if (!before.isEmpty() && columns.size() != before.get(0).columns().size()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d columns where the sentence's first word has %d",
              columns.size(),
              before.get(0).columns().size()));
    }
    if (NormalText.isSpace(columns.get(word))) {
      return Optional.of("column " + (word + 1) + " should hold a word and is blank");
    }
    if (columns.get(word).equals(MISSING_WORD)) {
      return Optional.of("the word is [WORD]: put the words into the file first");
    }
    return Optional.empty();
  }

  /** Reads all sentences of a file: of each all frames, or none and a bad row. */
  void read(
      LineReader lines, ColumnLayout layout, boolean tagged, ExampleCollector<RoleFrame> collector)
      throws IOException {
    ColumnBlocks blocks = new ColumnBlocks(lines, layout, this);
    for (Optional<ColumnBlocks.Block> block = blocks.next();
        block.isPresent();
        block = blocks.next()) {
      if (block.get().bad() != null) {
        collector.bad(block.get().bad());
      } else {
        add(block.get(), tagged, collector);
      }
    }
  }

  private void add(
      ColumnBlocks.Block block, boolean tagged, ExampleCollector<RoleFrame> collector) {
    List<ColumnBlocks.Line> lines = block.lines();
    List<Integer> predicates =
        IntStream.range(0, lines.size())
            .filter(i -> !lines.get(i).columns().get(predicate).equals("-"))
            .boxed()
            .toList();
    int found = lines.get(0).columns().size() - arguments - trailing;
    if (tagged && found != predicates.size()) {
      collector.bad(
          block.line(),
          String.format(
              Locale.ROOT,
              "the sentence has %d %s of arguments for %d %s",
              found,
              found == 1 ? "column" : "columns",
              predicates.size(),
              predicates.size() == 1 ? "predicate" : "predicates"));
      return;
    }
    List<BracketedSpans> brackets = Stream.generate(BracketedSpans::new).limit(found).toList();
    Optional<BadRow> bad = tagged ? readBrackets(lines, brackets) : Optional.empty();
    if (bad.isPresent()) {
      collector.bad(bad.get());
      return;
    }
    List<String> words = lines.stream().map(line -> line.columns().get(word)).toList();
    for (int k = 0; k < predicates.size(); k++) {
      int at = predicates.get(k);
      List<String> tags = tagged ? brackets.get(k).tags() : List.of();
      Source source = Source.ofLine(block.line()).withPart(k + 1);
      RoleFrame frame = new RoleFrame(source, words, at, tags, lemma(lines.get(at)));
      collector.take(source, "", () -> List.of(frame));
    }
  }

  /** Reads the argument columns line by line, so that the first bad line is the one reported. */
  private Optional<BadRow> readBrackets(
      List<ColumnBlocks.Line> lines, List<BracketedSpans> brackets) {
    for (ColumnBlocks.Line line : lines) {
      for (int k = 0; k < brackets.size(); k++) {
        Optional<String> problem = brackets.get(k).add(line.columns().get(arguments + k));
        if (problem.isPresent()) {
          return Optional.of(new BadRow(line.number(), inColumn(k, problem.get())));
        }
      }
    }
    return IntStream.range(0, brackets.size())
        .boxed()
        .flatMap(k -> brackets.get(k).firstOpen().map(at -> leftOpen(lines.get(at), k)).stream())
        .min(Comparator.comparingInt(BadRow::line));
  }

  private BadRow leftOpen(ColumnBlocks.Line line, int k) {
    String cell = Excerpt.of(line.columns().get(arguments + k));
    return new BadRow(line.number(), inColumn(k, cell + " opens a bracket that is not closed"));
  }

  private String inColumn(int k, String problem) {
    return problem + " (column " + (arguments + k + 1) + ")";
  }

  private String lemma(ColumnBlocks.Line line) {
    String text = line.columns().get(lemma);
    return text.equals("-") ? null : text;
  }
}

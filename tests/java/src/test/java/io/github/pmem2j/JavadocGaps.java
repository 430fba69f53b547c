package io.github.pmem2j;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeParameterTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;

/**
 * Finds what lacks a Javadoc comment or a tag, as doclint's group {@code missing} does, but lets a
 * record describe its components once: its compact constructor must not; and a parameter that the
 * text names needs no tag.
 */
final class JavadocGaps extends TreePathScanner<Void, Void> {
  private final List<String> gaps = new ArrayList<>();
  private final DocTrees trees;

  private JavadocGaps(DocTrees trees) {
    this.trees = trees;
  }

  /** The gaps of public and protected API in source files, each as {@code Type.member: gap}. */
  static List<String> of(JavaCompiler compiler, Iterable<? extends JavaFileObject> sources)
      throws IOException {
    JavacTask task =
        (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
    JavadocGaps scan = new JavadocGaps(DocTrees.instance(task));
    for (CompilationUnitTree unit : task.parse()) {
      TreePath path = new TreePath(unit);
      if (unit.getSourceFile().getName().endsWith("package-info.java")) {
        scan.comment(unit.getPackageName().toString(), new TreePath(path, unit.getPackage()));
      }
      unit.getTypeDecls().forEach(type -> scan.scan(new TreePath(path, type), null));
    }
    return scan.gaps;
  }

  @Override
  public Void visitClass(ClassTree type, Void none) {
    if (!exported(type.getModifiers())) {
      return null;
    }
    DocCommentTree comment = comment(name(type), getCurrentPath());
    Set<String> described = typeParameters(type.getTypeParameters());
    boolean constructed = type.getKind() != Tree.Kind.CLASS;
    for (Tree member : type.getMembers()) {
      if (member instanceof VariableTree field && component(type, field)) {
        described.add(field.getName().toString());
      }
      constructed |= member instanceof MethodTree method && method.getReturnType() == null;
    }
    params(name(type), comment, described);
    if (!constructed) {
      gaps.add(name(type) + ": its constructor has no comment");
    }
    return super.visitClass(type, null);
  }

  @Override
  public Void visitMethod(MethodTree method, Void none) {
    ClassTree type = owner();
    if (!exported(method.getModifiers()) || overrides(method)) {
      return null;
    }
    String name = name(type) + "." + method.getName();
    DocCommentTree comment = comment(name, getCurrentPath());
    Set<String> described = typeParameters(method.getTypeParameters());
    if (!compact(method)) {
      method.getParameters().forEach(parameter -> described.add(parameter.getName().toString()));
    }
    params(name, comment, described);
    Tree result = method.getReturnType();
    if (result != null && !result.toString().equals("void") && !has(comment, DocTree.Kind.RETURN)) {
      gaps.add(name + ": no @return");
    }
    Set<String> thrown = new TreeSet<>();
    method.getThrows().forEach(exception -> thrown.add(exception.toString()));
    tags(comment)
        .filter(ThrowsTree.class::isInstance)
        .map(tag -> ((ThrowsTree) tag).getExceptionName().toString())
        .forEach(thrown::remove);
    thrown.forEach(exception -> gaps.add(name + ": no @throws " + exception));
    return null; // What is inside is nobody's API.
  }

  @Override
  public Void visitVariable(VariableTree field, Void none) {
    if (exported(field.getModifiers()) && !component(owner(), field)) {
      comment(name(owner()) + "." + field.getName(), getCurrentPath());
    }
    return null;
  }

  /** The comment of what a path leads to; a gap if it has none, or nothing but tags. */
  private DocCommentTree comment(String name, TreePath path) {
    DocCommentTree comment = trees.getDocCommentTree(path);
    if (comment == null || comment.getFullBody().isEmpty()) {
      gaps.add(name + ": no comment");
    }
    return comment;
  }

  private void params(String name, DocCommentTree comment, Set<String> declared) {
    Set<String> described = new TreeSet<>();
    tags(comment)
        .filter(ParamTree.class::isInstance)
        .map(ParamTree.class::cast)
        .forEach(param -> described.add(param.getName().toString()));
    for (String one : declared) {
      if (!described.remove(one) && !named(comment, one)) {
        gaps.add(name + ": no @param " + one);
      }
    }
    described.forEach(one -> gaps.add(name + ": @param " + one + " is one too many"));
  }

  /** Whether the text names a parameter as code, which describes it. */
  private static boolean named(DocCommentTree comment, String parameter) {
    return comment != null
        && comment.getFullBody().toString().contains("{@code " + parameter + "}");
  }

  private static Set<String> typeParameters(Collection<? extends TypeParameterTree> parameters) {
    Set<String> names = new TreeSet<>();
    parameters.forEach(parameter -> names.add(parameter.getName().toString()));
    return names;
  }

  private static Stream<DocTree> tags(DocCommentTree comment) {
    return comment == null ? Stream.of() : comment.getBlockTags().stream().map(DocTree.class::cast);
  }

  private static boolean has(DocCommentTree comment, DocTree.Kind kind) {
    return Stream.concat(
            tags(comment), comment == null ? Stream.of() : comment.getFullBody().stream())
        .anyMatch(tag -> tag.getKind() == kind); // {@return …} is one, too
  }

  private ClassTree owner() {
    return (ClassTree) getCurrentPath().getParentPath().getLeaf();
  }

  private static String name(ClassTree type) {
    return type.getSimpleName().toString();
  }

  /** What is declared in an interface is public without a word. */
  private boolean exported(ModifiersTree modifiers) {
    Set<Modifier> flags = modifiers.getFlags();
    return flags.contains(Modifier.PUBLIC)
        || flags.contains(Modifier.PROTECTED)
        || (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree owner
            && (owner.getKind() == Tree.Kind.INTERFACE
                || owner.getKind() == Tree.Kind.ANNOTATION_TYPE)
            && !flags.contains(Modifier.PRIVATE));
  }

  private static boolean overrides(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
  }

  private static boolean component(ClassTree type, VariableTree field) {
    return type.getKind() == Tree.Kind.RECORD
        && !field.getModifiers().getFlags().contains(Modifier.STATIC);
  }

  /** Whether a record's constructor has no list of parameters of its own. */
  private boolean compact(MethodTree method) {
    if (method.getReturnType() != null || owner().getKind() != Tree.Kind.RECORD) {
      return false;
    }
    CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
    SourcePositions positions = trees.getSourcePositions();
    int start = (int) positions.getStartPosition(unit, method);
    int body = (int) positions.getStartPosition(unit, method.getBody());
    try {
      CharSequence text = unit.getSourceFile().getCharContent(true).subSequence(start, body);
      return text.toString().strip().endsWith(name(owner()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

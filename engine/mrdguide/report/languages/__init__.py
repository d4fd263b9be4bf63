"""The words of pages in other languages: what there is to translate, catalogues, and days and numbers by locale."""

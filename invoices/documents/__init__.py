"""Invoices, credit notes and letters as PDF files: frozen data in, bytes out."""
